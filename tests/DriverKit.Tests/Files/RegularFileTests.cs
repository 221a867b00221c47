using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>read() and write() of regular files, by way of the page cache.</summary>
public sealed class RegularFileTests : KernelTest
{
    private const string Name = "/tmp/file";
    private const OpenFlags New = OpenFlags.ReadWrite | OpenFlags.Create;

    private static readonly UserVirtualAddress Nowhere = new(0x3000_0000);

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void What_is_written_is_read_back_and_holes_are_zero(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        Assert.Equal(0, process.Read(fd, new byte[10]));
        byte[] data = Bytes(10_000);
        Assert.Equal(10_000, process.Write(fd, data));
        Assert.Equal(20_000, process.Lseek(fd, 20_000));
        Assert.Equal(3, process.Write(fd, "end"u8));
        byte[] expected = [.. data, .. new byte[10_000], .. "end"u8];
        Assert.Equal(expected, ReadAll(process, fd));
        Assert.Equal(0, process.Read(fd, new byte[10]));
        FileStatus status = process.Fstat(fd);
        Assert.Equal((20_003L, 4 * 8L, 1u, 0x81A4u), (status.StSize, status.StBlocks, status.StNlink, status.StMode));
        Assert.Equal(status, process.Stat("tmp/../tmp/./file"));
        Assert.Equal(Encoding.UTF8.GetString(expected), kernel.ReadFile(Name));
    }

    [Fact]
    public void Writes_reach_the_disk_by_fsync_sync_or_O_SYNC_and_not_before()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        process.Write(fd, "old data"u8);
        Assert.Empty(kernel.ReadDisk(Name));
        Assert.Equal(1ul, (ulong)kernel.Memory.VmStat[ZoneStat.Dirty]);
        process.Fsync(fd);
        Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.Dirty]);
        Assert.Equal("old data"u8, kernel.ReadDisk(Name));
        process.Lseek(fd, 0);
        process.Write(fd, "new"u8);
        Assert.Equal("old data"u8, kernel.ReadDisk(Name));
        Assert.Equal("new data", kernel.ReadFile(Name));
        process.Sync();
        Assert.Equal("new data"u8, kernel.ReadDisk(Name));
        int sync = process.Open(Name, OpenFlags.WriteOnly | OpenFlags.Sync | OpenFlags.Append);
        process.Write(sync, "!"u8);
        Assert.Equal("new data!"u8, kernel.ReadDisk(Name));
        process.Ftruncate(fd, 3);
        Assert.Equal("new"u8, kernel.ReadDisk(Name));
        process.Ftruncate(fd, 5);
        Assert.Equal("new"u8, kernel.ReadDisk(Name));
        process.Fsync(fd);
        Assert.Equal("new\0\0"u8, kernel.ReadDisk(Name));
        Expect.Errno(EINVAL, () => process.Fsync(process.Open("/proc/meminfo")));
        process.Fsync(process.Open("/tmp"));
        Expect.Errno(EBADF, () => process.Fsync(77));
    }

    [Fact]
    public void Dropped_pages_come_back_from_the_disk_and_dirty_or_mapped_ones_stay()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        byte[] data = Bytes(5 * 4096);
        process.Write(fd, data);
        ulong pages = (ulong)kernel.Memory.VmStat[ZoneStat.FilePages];
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        Assert.Equal(pages, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
        process.Sync();
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        process.Load<byte>(area);
        kernel.WriteFile("/proc/sys/vm/drop_caches", "3\n");
        Assert.Equal(pages - 4, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
        Assert.Equal(data, ReadAll(process, fd));
        process.Munmap(area, 4096);
        ulong free = kernel.FreePages();
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        Assert.Equal(5ul, kernel.FreePages() - free);
        Assert.Equal(data, ReadAll(process, fd));
    }

    [Fact]
    public void Append_goes_to_the_end_whatever_the_position()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int append = process.Open(Name, New | OpenFlags.Append), other = process.Open(Name, OpenFlags.ReadWrite);
        process.Write(append, "one"u8);
        process.Lseek(other, 3);
        process.Write(other, "two"u8);
        process.Lseek(append, 0);
        process.Write(append, "three"u8);
        Assert.Equal(11, process.Lseek(append, 0, SeekWhence.Current));
        UserVirtualAddress buffer = Buffer(process, "four"u8);
        Assert.Equal(4, process.Pwrite(append, buffer, 4, 0));
        Assert.Equal(11, process.Lseek(append, 0, SeekWhence.Current));
        Assert.Equal("onetwothreefour", kernel.ReadFile(Name));
    }

    [Fact]
    public void Pread_and_pwrite_leave_the_position_alone()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        UserVirtualAddress buffer = Buffer(process, "0123456789"u8);
        Assert.Equal(10, process.Pwrite(fd, buffer, 10, 5));
        Assert.Equal(4, process.Pread(fd, buffer, 4, 7));
        Assert.Equal("2345456789"u8, Loaded(process, buffer, 10));
        Assert.Equal(1, process.Pread(fd, buffer, 4, 14));
        Assert.Equal(0, process.Pread(fd, buffer, 4, 15));
        Assert.Equal(0, process.Lseek(fd, 0, SeekWhence.Current));
        Expect.Errno(EINVAL, () => process.Pread(99, buffer, 1, -1));
        Expect.Errno(EINVAL, () => process.Pwrite(99, buffer, 1, long.MinValue));
        Expect.Errno(EBADF, () => process.Pread(99, buffer, 1, 0));
        Expect.Errno(EISDIR, () => process.Pread(process.Open("/tmp"), buffer, 1, 0));
        Expect.Errno(EINVAL, () => process.Pread(fd, buffer, 1, long.MaxValue));
    }

    [Fact]
    public void A_bad_buffer_gives_a_short_count_or_EFAULT_and_leaves_no_trace()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        UserVirtualAddress area = process.Mmap(default, 3 * 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Munmap(area + 8192ul, 4096);
        process.StoreBytes(area, Bytes(8192));
        Expect.Errno(EFAULT, () => process.Write(fd, Nowhere, 100));
        Expect.Errno(EFAULT, () => process.Write(fd, area + 8192ul, 100));
        Assert.Equal((0L, 0ul), (process.Fstat(fd).StSize, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]));
        Assert.Equal(5000, process.Write(fd, area + 3192ul, 6000));
        Assert.Equal(5000, process.Fstat(fd).StSize);
        Assert.Equal(5000, process.Lseek(fd, 0, SeekWhence.Current));
        Assert.Equal(Bytes(8192)[3192..], ReadAll(process, fd));
        process.Lseek(fd, 0);
        Assert.Equal(100, process.Read(fd, area + 8092ul, 6000));
        Assert.Equal(100, process.Lseek(fd, 0, SeekWhence.Current));
        Expect.Errno(EFAULT, () => process.Read(fd, Nowhere, 100));
        process.Mprotect(area, 4096, Protection.Read);
        Expect.Errno(EFAULT, () => process.Read(fd, area, 100));
        Assert.Equal(0, process.Read(fd, Nowhere, 0));
        Assert.Equal(0, process.Write(fd, Nowhere, 0));
        process.Lseek(fd, 5000);
        Assert.Equal(0, process.Read(fd, Nowhere, 100));
    }

    [Fact]
    public void The_rest_of_a_page_stays_when_the_buffer_ends_in_it()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        process.Write(fd, Bytes(4096));
        UserVirtualAddress area = process.Mmap(default, 2 * 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Munmap(area + 4096ul, 4096);
        Assert.Equal(6, process.Pwrite(fd, area + 4090ul, 1000, 100));
        byte[] expected = Bytes(4096);
        expected.AsSpan(100, 6).Clear();
        Assert.Equal(expected, ReadAll(process, fd));
    }

    [Fact]
    public void A_file_can_be_written_from_its_own_mapping_and_read_into_it()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        process.Write(fd, Bytes(8192));
        UserVirtualAddress area = process.Mmap(default, 8192, Protection.Read | Protection.Write, MapFlags.Shared, fd);
        Assert.Equal(5000, process.Pwrite(fd, area, 5000, 3000));
        byte[] expected = Bytes(8192);
        expected.AsSpan(0, 1096).CopyTo(expected.AsSpan(3000));
        byte[] first = Loaded(process, area, 8192);
        Assert.Equal(expected[..4096], first[..4096]);
        Assert.Equal(5000, process.Pread(fd, area + 100ul, 5000, 0));
        Assert.Equal(ReadAll(process, fd), Loaded(process, area, 8192));
    }

    [Fact]
    public void Sizes_and_positions_have_their_limits()
    {
        const long Largest = (long)uint.MaxValue << 12;
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New), readOnly = process.Open(Name);
        UserVirtualAddress buffer = Buffer(process, "12345678"u8);
        Expect.Errno(EINVAL, () => process.Ftruncate(fd, -1));
        Expect.Errno(EINVAL, () => process.Ftruncate(99, -1));
        Expect.Errno(EBADF, () => process.Ftruncate(99, 1));
        Expect.Errno(EINVAL, () => process.Ftruncate(readOnly, 1));
        Expect.Errno(EINVAL, () => process.Ftruncate(process.Open("/tmp"), 1));
        Expect.Errno(EFBIG, () => process.Ftruncate(fd, Largest + 1));
        Expect.Errno(EINVAL, () => process.Lseek(fd, Largest + 1));
        Expect.Errno(EINVAL, () => process.Lseek(fd, -1));
        Expect.Errno(EINVAL, () => process.Lseek(fd, long.MaxValue, SeekWhence.End));
        process.Ftruncate(fd, Largest);
        Assert.Equal(Largest, process.Lseek(fd, 0, SeekWhence.End));
        Expect.Errno(EFBIG, () => process.Write(fd, buffer, 8));
        Assert.Equal(3, process.Pwrite(fd, buffer, 8, Largest - 3));
        Assert.Equal(8L, process.Fstat(fd).StBlocks);
        process.Sync();
        Expect.Errno(EFBIG, () => kernel.ReadDisk(Name));
        process.Ftruncate(fd, 0);

        process.Setrlimit(RlimitResource.FileSize, new(10, 10));
        Assert.Equal(8, process.Pwrite(fd, buffer, 8, 0));
        Assert.Equal(2, process.Pwrite(fd, buffer, 8, 8));
        Expect.Errno(EFBIG, () => process.Pwrite(fd, buffer, 8, 10));
        Expect.Errno(EFBIG, () => process.Ftruncate(fd, 11));
        process.Ftruncate(fd, 5);
        Assert.Equal("12345", kernel.ReadFile(Name));
    }

    [Fact]
    public void A_file_may_be_larger_than_memory()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        byte[] bytes = new byte[65536];
        UserVirtualAddress buffer = Buffer(process, bytes);
        for (int i = 0; i < 512; i++)
        {
            process.Store(buffer, i);
            process.Pwrite(fd, buffer, 65536, i * 65536L);
        }

        for (int i = 0; i < 512; i++)
        {
            process.Pread(fd, buffer, 65536, i * 65536L);
            Assert.Equal(i, process.Load<int>(buffer));
        }

        Assert.True(kernel.Memory.VmStat[VmEvent.PgstealKswapd] + kernel.Memory.VmStat[VmEvent.PgstealDirect] > 4000);
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Reading_and_writing_without_memory_is_ENOMEM_or_a_short_count()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        UserProcess process = kernel.CreateProcess("p");
        process.OomScoreAdj = UserProcess.OomScoreAdjMin;
        int fd = process.Open(Name, New);
        process.Ftruncate(fd, 1L << 30);
        UserVirtualAddress buffer = Buffer(process, new byte[65536]);
        var taken = new List<Page>();
        kernel.RunKernelThread(() =>
        {
            while (AllocPage(GfpFlags.Atomic | GfpFlags.NoWarn) is { } page)
                taken.Add(page);
        });
        Expect.Errno(ENOMEM, () => process.Pwrite(fd, buffer, 65536, 0));
        Expect.Errno(ENOMEM, () => process.Pread(fd, buffer, 1, 1 << 29));
        kernel.RunKernelThread(() => taken.ForEach(page => FreePage(page)));
        process.Ftruncate(fd, 0);
        Assert.Equal(4, process.Pwrite(fd, buffer, 4, 0));
    }

    [Fact]
    public void Pages_read_again_are_active_and_a_stream_in_small_pieces_leaves_them_inactive()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        UserVirtualAddress buffer = Buffer(process, Bytes(3 * 4096));
        process.Write(fd, buffer, 3 * 4096);
        process.Sync();
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        ulong active = kernel.Memory.VmStat.ActivePages;
        process.Lseek(fd, 0);
        for (int i = 0; i < 3 * 16; i++)
            Assert.Equal(256, process.Read(fd, buffer, 256));
        Assert.Equal(active, kernel.Memory.VmStat.ActivePages);
        process.Pread(fd, buffer, 2 * 4096, 0);
        Assert.Equal(active + 2, kernel.Memory.VmStat.ActivePages);
    }

    [Fact]
    public void Read_and_write_allocate_nothing_on_the_managed_heap()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, New);
        UserVirtualAddress buffer = Buffer(process, Bytes(10_000));
        void Work()
        {
            for (int i = 0; i < 500; i++)
            {
                process.Pwrite(fd, buffer, 10_000, 100);
                process.Pread(fd, buffer, 10_000, 50);
                process.Lseek(fd, i);
                process.Write(fd, buffer, 5);
                process.Read(fd, buffer, 5);
            }
        }

        Work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)('a' + (i * 7 + i / 4096) % 26);
        return bytes;
    }

    private static UserVirtualAddress Buffer(UserProcess process, ReadOnlySpan<byte> contents)
    {
        UserVirtualAddress buffer = process.Mmap(default, (ulong)contents.Length, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.StoreBytes(buffer, contents);
        return buffer;
    }

    private static byte[] Loaded(UserProcess process, UserVirtualAddress address, int length)
    {
        byte[] bytes = new byte[length];
        process.LoadBytes(address, bytes);
        return bytes;
    }

    private static byte[] ReadAll(UserProcess process, int fd)
    {
        byte[] contents = new byte[process.Fstat(fd).StSize];
        process.Lseek(fd, 0);
        Assert.Equal(contents.Length, process.Read(fd, contents));
        return contents;
    }
}
