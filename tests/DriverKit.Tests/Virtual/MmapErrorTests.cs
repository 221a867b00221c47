using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>What mmap, munmap, mprotect and brk refuse, and which error wins when several apply.</summary>
public sealed class MmapErrorTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Errors_of_mmap_come_in_the_kernels_order(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (_, _) => -EPROTO });
        int readOnly = process.Open(TestDriver.Node), writeOnly = process.Open(TestDriver.Node, OpenFlags.WriteOnly), text = process.Open("/proc/meminfo");
        ulong task = process.Mm.TaskSize;
        var far = new UserVirtualAddress(task & ~4095ul);
        void Fails(Errno errno, ulong address, ulong length, Protection protection, MapFlags flags, int file, ulong offset = 0) =>
            Expect.Errno(errno, () => process.Mmap(new(address), length, protection, flags, file, offset));

        // A misaligned offset, then the descriptor, then the length.
        Fails(EINVAL, 0, 0, ReadWrite, MapFlags.None, -1, 1);
        Fails(EBADF, 0, 0, ReadWrite, MapFlags.None, -1);
        Fails(EBADF, 0, 0, ReadWrite, MapFlags.Shared, 99);
        Fails(EINVAL, 0, 0, ReadWrite, MapFlags.Shared, fd);
        Fails(EINVAL, 0, 0, ReadWrite, Anonymous, -1);
        // A length that wraps, an offset that does, an address space that is too small; all before the kind of map.
        Fails(ENOMEM, 0, ulong.MaxValue, ReadWrite, MapFlags.None, fd);
        Fails(EOVERFLOW, 0, 4096 * 2, ReadWrite, MapFlags.None, fd, architecture == Architecture.X8664 ? ulong.MaxValue & ~4095ul : 0xFFFF_FFFFul << 12);
        Fails(ENOMEM, 0, task + 4096, ReadWrite, MapFlags.None, fd);
        Fails(ENOMEM, far.Value, 8192, ReadWrite, MapFlags.Fixed, fd);
        Fails(ENOMEM, ulong.MaxValue & ~4095ul, 4096, ReadWrite, MapFlags.Fixed, fd);
        Fails(EINVAL, 0x2000_0001, 4096, ReadWrite, Anonymous | MapFlags.Fixed, -1);
        // Neither shared nor private; then what the file was opened for; then whether it can be mapped; then the driver.
        Fails(EINVAL, 0, 4096, ReadWrite, MapFlags.None, readOnly);
        Fails(EINVAL, 0, 4096, ReadWrite, MapFlags.Anonymous, -1);
        Fails(EACCES, 0, 4096, ReadWrite, MapFlags.Shared, readOnly);
        Fails(EACCES, 0, 4096, Protection.Read, MapFlags.Shared, writeOnly);
        Fails(EACCES, 0, 4096, Protection.Write, MapFlags.Private, writeOnly);
        Fails(EACCES, 0, 4096, ReadWrite, MapFlags.Shared, text);
        Fails(ENODEV, 0, 4096, Protection.Read, MapFlags.Shared, text);
        Fails(EPROTO, 0, 4096, ReadWrite, MapFlags.Private, readOnly);
        Fails(EPROTO, 0, 4096, Protection.Read, MapFlags.Shared, readOnly);
        Fails(EPROTO, 0, 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(1, process.Mm.MapCount);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_hint_is_taken_when_it_is_free_and_otherwise_the_highest_room_is(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress Map(ulong hint, ulong length = 4096) => process.Mmap(new(hint), length, ReadWrite, Anonymous);
        UserVirtualAddress first = Map(0), second = Map(0);
        Assert.Equal((process.Mm.MmapBase - 4096, first - 4096ul), (first.Value, second));
        Assert.Equal(0x2000_0000u, Map(0x2000_0000).Value);
        Assert.Equal(second - 4096ul, Map(0x2000_0000));
        Assert.Equal(0x2001_2000u, Map(0x2001_2345).Value);
        Assert.Equal(second - 8192ul, Map(0x123));
        Assert.Equal(0x10000u, Map(0x1000).Value);
        Assert.Equal(second - 4096 * 3ul, Map(process.Mm.TaskSize));
        process.Munmap(first, 4096);
        Assert.Equal(first, Map(0));
        Assert.Equal(0u, first.PageOffset);
    }

    [Fact]
    public void A_shared_map_of_a_read_only_file_prints_s_but_can_never_become_writable()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/nopage");
        UserVirtualAddress shared = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Assert.Equal(VmFlags.MayShare, process.Mm.FindVma(shared)!.VmFlags & (VmFlags.Shared | VmFlags.MayShare | VmFlags.MayWrite));
        Expect.Errno(EACCES, () => process.Mprotect(shared, 4096, ReadWrite));
        UserVirtualAddress secret = process.Mmap(default, 4096, Protection.Read, MapFlags.Private, fd);
        process.Mprotect(secret, 4096, ReadWrite);
        process.Store(secret, 1);
        Assert.Contains(" r--s ", kernel.ReadFile($"/proc/{process.Pid}/maps"));
    }

    [Fact]
    public void Nonsense_for_munmap_and_mprotect()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), 8192, Protection.Read, Anonymous);
        ulong task = process.Mm.TaskSize;
        Expect.Errno(EINVAL, () => process.Munmap(area + 1ul, 4096));
        Expect.Errno(EINVAL, () => process.Munmap(area, 0));
        Expect.Errno(EINVAL, () => process.Munmap(area, ulong.MaxValue));
        Expect.Errno(EINVAL, () => process.Munmap(area, task));
        Expect.Errno(EINVAL, () => process.Munmap(new(task + 4096), 4096));
        process.Munmap(new(0x3000_0000), 1 << 20);
        process.Munmap(area + 4096ul, 1);

        Expect.Errno(EINVAL, () => process.Mprotect(area + 1ul, 0, ReadWrite));
        process.Mprotect(new(0x7000_0000), 0, (Protection)0x100);
        Expect.Errno(ENOMEM, () => process.Mprotect(area, ulong.MaxValue - 4096, (Protection)0x100));
        Expect.Errno(EINVAL, () => process.Mprotect(area, 4096, (Protection)0x100));
        Expect.Errno(ENOMEM, () => process.Mprotect(area, 8192, ReadWrite));
        process.Store(area, 1);
        Expect.Errno(ENOMEM, () => process.Mprotect(area - 4096ul, 8192, Protection.None));
        process.Store(area, 2);
    }

    [Fact]
    public void Brk_moves_only_where_there_is_room()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress start = process.Brk();
        Assert.Equal(start + 100ul, process.Brk(start + 100ul));
        process.Store(start, 5);
        Assert.Contains("[heap]", kernel.ReadFile($"/proc/{process.Pid}/maps"));
        Assert.Equal(start + 100ul, process.Brk(new(1)));
        Assert.Equal(start + 100ul, process.Brk(new(ulong.MaxValue)));
        process.Mmap(start + 3 * 4096ul, 4096, ReadWrite, Anonymous | MapFlags.Fixed);
        Assert.Equal(start + 100ul, process.Brk(start + 3 * 4096ul + 1ul));
        Assert.Equal(start + 2 * 4096ul, process.Brk(start + 2 * 4096ul));
        Assert.Equal(start, process.Brk(start));
        Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, start, () => process.Load<int>(start));
    }

    [Fact]
    public void The_number_of_areas_is_limited()
    {
        Kernel kernel = Boot(new MachineOptions { Architecture = Architecture.X8664, MemorySize = 64.MiB() });
        UserProcess process = kernel.CreateProcess("p");
        const int Limit = 65530;
        while (process.Mm.MapCount <= Limit)
            process.Mmap(new((ulong)(process.Mm.MapCount + 2) << 15), 3 * 4096, Protection.None, Anonymous | MapFlags.Fixed);
        Expect.Errno(ENOMEM, () => process.Mmap(default, 4096, Protection.None, Anonymous));
        UserVirtualAddress last = new((ulong)(Limit + 2) << 15);
        Expect.Errno(ENOMEM, () => process.Munmap(last + 4096ul, 4096));
        Expect.Errno(ENOMEM, () => process.Mprotect(last + 4096ul, 4096, Protection.Read));
        process.Munmap(last, 4096);
        process.Exit();
    }
}
