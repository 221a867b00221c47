using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Major 1. That /dev/null, /dev/zero and /dev/full do what the host's do is tested in DriverKit.Conformance; /dev/mem has no counterpart there.</summary>
public sealed class MemoryDeviceTests : KernelTest
{
    private const ulong Rom = 0xF0000;

    public static TheoryData<Architecture> Architectures => Machines.Architectures;

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Mem_reads_and_writes_the_bytes_behind_a_process_page(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        Keeps(kernel, 2, "the pages it allocates");
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/mem", OpenFlags.ReadWrite);
        (KernelLogicalAddress page, ulong physical) = PageOf(kernel);
        UserVirtualAddress buffer = Buffer(process);
        kernel.RunKernelThread(() => Memcpy(page + 0x10ul, "kernel"u8));
        process.Lseek(fd, (long)physical + 0x10);
        Assert.Equal(6, process.Read(fd, buffer, 6));
        byte[] bytes = new byte[6];
        process.LoadBytes(buffer, bytes);
        Assert.Equal("kernel"u8, bytes);
        Assert.Equal((long)physical + 0x16, process.Lseek(fd, 0, SeekWhence.Current));
        process.StoreBytes(buffer, "user"u8);
        process.Lseek(fd, (long)physical + 0xffe);
        Assert.Equal(4, process.Write(fd, buffer, 4));
        Assert.Equal((byte)'u', kernel.Run(() => Load<byte>(page + 0xffeul)));
        Assert.Equal((byte)'e', kernel.Run(() => Load<byte>(page + 0x1000ul)));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Mem_ends_where_low_memory_ends(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        long end = (long)kernel.Memory.Layout.EndOfLowMemory.Value;
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/mem", OpenFlags.ReadWrite);
        UserVirtualAddress buffer = Buffer(process);
        process.Lseek(fd, end - 4);
        Expect.Errno(EFAULT, () => process.Read(fd, buffer, 5));
        Expect.Errno(EFAULT, () => process.Write(fd, buffer, 5));
        Assert.Equal(4, process.Read(fd, buffer, 4));
        Assert.Equal(0, process.Read(fd, buffer, 0));
        Expect.Errno(EFAULT, () => process.Read(fd, buffer, 1));
        process.Lseek(fd, 0x1_0000_0000);
        Expect.Errno(EFAULT, () => process.Read(fd, buffer, 1));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 0, SeekWhence.End));
    }

    [Fact]
    public void Mem_stops_at_a_bad_buffer_and_fails_only_if_nothing_was_written()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 2, "the pages it allocates");
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/mem", OpenFlags.ReadWrite);
        (_, ulong physical) = PageOf(kernel);
        UserVirtualAddress buffer = Buffer(process);
        process.Lseek(fd, (long)physical);
        Expect.Errno(EFAULT, () => process.Read(fd, buffer + 0x1ff8ul, 16));
        Expect.Errno(EFAULT, () => process.Write(fd, buffer + 0x2000ul, 16));
        Assert.Equal(8, process.Write(fd, buffer + 0x1ff8ul, 16));
        Assert.Equal((long)physical + 8, process.Lseek(fd, 0, SeekWhence.Current));
    }

    [Fact]
    public void Mem_reaches_device_memory_and_registers_below_the_end_of_low_memory()
    {
        Kernel kernel = Boot();
        var video = new MmioMemory("video", new PhysicalAddress(0xA0000), 0x1000);
        kernel.AddDevice(video);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/mem", OpenFlags.ReadWrite);
        UserVirtualAddress buffer = Buffer(process);
        process.Store(buffer, 0x11223344u);
        process.Lseek(fd, 0xA0010);
        Assert.Equal(4, process.Write(fd, buffer, 4));
        process.Lseek(fd, 0xA0010);
        Assert.Equal(4, process.Read(fd, buffer + 8ul, 4));
        Assert.Equal(0x11223344u, process.Load<uint>(buffer + 8ul));
        UserVirtualAddress area = process.Mmap(default, 0x1000, Protection.Read | Protection.Write, MapFlags.Shared, fd, 0xA0000);
        Assert.Equal(0x11223344u, process.Load<uint>(area + 0x10ul));
    }

    [Theory]
    [MemberData(nameof(Architectures))]
    public void Mem_maps_raw_frames_that_are_not_counted_as_resident(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        Keeps(kernel, 2, "the pages it allocates");
        UserProcess process = kernel.CreateProcess("p");
        (KernelLogicalAddress page, ulong physical) = PageOf(kernel);
        int fd = process.Open("/dev/mem", OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, 0x2000, Protection.Read | Protection.Write, MapFlags.Shared, fd, physical);
        process.Store(area + 0x20ul, (byte)77);
        Assert.Equal(77, kernel.Run(() => Load<byte>(page + 0x20ul)));
        Assert.Equal((0ul, 0ul), (process.Mm.FileRss, process.Mm.AnonRss));
        Assert.Contains($"{physical:x8} 00:05", kernel.ReadFile($"/proc/{process.Pid}/maps"));
        VmAreaStruct vma = process.Mm.FindVma(area)!;
        Assert.Equal(VmFlags.PfnMap | VmFlags.Io, vma.VmFlags & (VmFlags.PfnMap | VmFlags.Io));
        Assert.False(vma.VmPageProt.IsUncached);
        int uncached = process.Open("/dev/mem", OpenFlags.ReadOnly | OpenFlags.Sync);
        UserVirtualAddress rom = process.Mmap(default, 0x1000, Protection.Read, MapFlags.Shared, uncached, Rom);
        Assert.True(process.Mm.FindVma(rom)!.VmPageProt.IsUncached);
        Expect.Errno(EINVAL, () => process.Mmap(default, 0x2000, Protection.Read, MapFlags.Shared, fd, (kernel.Memory.Layout.EndOfPhysicalSpace.Value - 1) << PageShift));
    }

    [Fact]
    public void The_major_is_mem_and_a_minor_without_a_device_is_ENXIO()
    {
        Kernel kernel = Boot();
        Assert.Contains("  1 mem\n", kernel.ReadFile("/proc/devices"));
        kernel.MakeNode("/dev/odd", Mkdev(1, 77));
        Expect.Errno(ENXIO, () => kernel.CreateProcess("p").Open("/dev/odd"));
    }

    [Fact]
    public void Null_zero_and_full_leave_no_page_behind()
    {
        Kernel kernel = Boot();
        ulong before = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        int zero = process.Open("/dev/zero", OpenFlags.ReadWrite), full = process.Open("/dev/full", OpenFlags.ReadWrite);
        UserVirtualAddress shared = process.Mmap(default, 0x3000, Protection.Read | Protection.Write, MapFlags.Shared, zero);
        process.Store(shared, 5);
        Assert.Equal(0x2000, process.Read(full, shared, 0x2000));
        Assert.Equal(0, process.Load<int>(shared));
        Expect.Errno(ENOSPC, () => process.Write(full, shared, 1));
        process.Exit();
        Assert.Equal(before, kernel.FreePages());
    }

    private static UserVirtualAddress Buffer(UserProcess process) =>
        process.Mmap(default, 0x2000, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);

    /// <summary>Two pages of low memory, one after the other.</summary>
    private static (KernelLogicalAddress Page, ulong Physical) PageOf(Kernel kernel)
    {
        KernelLogicalAddress page = kernel.Run(() => GetFreePages(GfpFlags.Kernel, 1));
        return (page, kernel.Run(() => Pa(page)).Value);
    }
}
