using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Regular files in address spaces.</summary>
public sealed class FileMappingTests : KernelTest
{
    private const string Name = "/tmp/file";
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_shared_mapping_and_write_see_each_other_at_once(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p"), other = kernel.CreateProcess("other");
        int fd = Make(process, 8192), second = other.Open(Name, OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd);
        UserVirtualAddress there = other.Mmap(default, 4096, Protection.Read, MapFlags.Shared, second, 4096);
        Assert.Equal(0, process.Load<int>(area + 4096ul));
        other.Lseek(second, 4096);
        other.Write(second, BitConverter.GetBytes(17));
        Assert.Equal((17, 17), (process.Load<int>(area + 4096ul), other.Load<int>(there)));
        process.Store(area + 4096ul, 18);
        Assert.Equal(18, other.Load<int>(there));
        byte[] read = new byte[4];
        other.Lseek(second, 4096);
        other.Read(second, read);
        Assert.Equal(18, BitConverter.ToInt32(read));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Stores_reach_the_disk_by_msync_or_fsync_and_each_store_after_it_is_noticed_again()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 4096);
        process.Fsync(fd);
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        process.Load<int>(area);
        for (byte round = 1; round <= 3; round++)
        {
            process.Store(area, round);
            Assert.Equal(round - 1, kernel.ReadDisk(Name)[0]);
            process.Msync(area, 4096, MsyncFlags.Async);
            Assert.Equal(round - 1, kernel.ReadDisk(Name)[0]);
            if (round == 2)
                process.Fsync(fd);
            else
                process.Msync(area, 4096, MsyncFlags.Sync);
            Assert.Equal(round, kernel.ReadDisk(Name)[0]);
            Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.Dirty]);
        }

        process.Store(area, (byte)9);
        process.Munmap(area, 4096);
        Assert.Equal(1ul, (ulong)kernel.Memory.VmStat[ZoneStat.Dirty]);
        process.Sync();
        Assert.Equal(9, kernel.ReadDisk(Name)[0]);
    }

    [Fact]
    public void A_private_mapping_sees_the_file_change_until_it_stores()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 8192);
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, MapFlags.Private, fd);
        Assert.Equal(0, process.Load<byte>(area));
        process.Lseek(fd, 0);
        process.Write(fd, [1]);
        Assert.Equal(1, process.Load<byte>(area));
        process.Store(area + 1ul, (byte)7);
        process.Lseek(fd, 0);
        process.Write(fd, [2, 2]);
        Assert.Equal((1, 7), (process.Load<byte>(area), process.Load<byte>(area + 1ul)));
        UserProcess child = process.Fork();
        child.Store(area, (byte)5);
        Assert.Equal((1, 5), (process.Load<byte>(area), child.Load<byte>(area)));
        process.Sync();
        Assert.Equal([2, 2], kernel.ReadDisk(Name)[..2]);
        process.Madvise(area, 4096, MemoryAdvice.DontNeed);
        Assert.Equal(2, process.Load<byte>(area));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Beyond_the_last_page_is_SIGBUS_and_the_rest_of_the_last_page_is_zero()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Name, OpenFlags.ReadWrite | OpenFlags.Create);
        process.Write(fd, "hello"u8);
        UserVirtualAddress area = process.Mmap(default, 3 * 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(0, process.Load<byte>(area + 5ul));
        process.Load<byte>(area + 4095ul);
        Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, area + 4096ul, () => process.Load<byte>(area + 4096ul));
        Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, area + 8192ul, () => process.Store<byte>(area + 8192ul, 1));
        process.Ftruncate(fd, 4097);
        Assert.Equal(0, process.Load<byte>(area + 8191ul));
        process.Store<byte>(area + 4096ul, 1);
        process.Ftruncate(fd, 4096);
        Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, area + 4096ul, () => process.Load<byte>(area + 4096ul));
        process.Ftruncate(fd, 0);
        Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, area, () => process.Load<byte>(area));
        Expect.Errno(EFAULT, () => process.Write(process.Open("/tmp/other", OpenFlags.WriteOnly | OpenFlags.Create), area, 1));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Truncation_takes_private_copies_too_but_leaves_the_tail_of_one_alone()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 8192, fill: 3);
        UserVirtualAddress secret = process.Mmap(default, 8192, ReadWrite, MapFlags.Private, fd);
        UserVirtualAddress shared = process.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd);
        process.Store<byte>(secret + 200ul, 9);
        process.Store<byte>(secret + 4096ul, 9);
        process.Load<byte>(shared);
        process.Ftruncate(fd, 100);
        Assert.Equal((9, 3), (process.Load<byte>(secret + 200ul), process.Load<byte>(secret + 201ul)));
        Assert.Equal((3, 0), (process.Load<byte>(shared + 99ul), process.Load<byte>(shared + 100ul)));
        Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, secret + 4096ul, () => process.Load<byte>(secret + 4096ul));
        process.Ftruncate(fd, 8192);
        Assert.Equal((0, 0), (process.Load<byte>(secret + 4096ul), process.Load<byte>(shared + 4096ul)));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void What_is_stored_behind_the_end_never_becomes_part_of_the_file()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 100, fill: 1);
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        process.Store<byte>(area + 150ul, 9);
        process.Store<byte>(area + 250ul, 9);
        process.Msync(area, 4096, MsyncFlags.Sync);
        Assert.Equal(100, kernel.ReadDisk(Name).Length);
        process.Ftruncate(fd, 200);
        process.Lseek(fd, 300);
        process.Store<byte>(area + 250ul, 9);
        process.Write(fd, [2]);
        byte[] expected = [.. Enumerable.Repeat((byte)1, 100), .. new byte[200], 2];
        byte[] contents = new byte[301];
        process.Lseek(fd, 0);
        Assert.Equal(301, process.Read(fd, contents));
        Assert.Equal(expected, contents);
        process.Sync();
        Assert.Equal(expected, kernel.ReadDisk(Name));
        process.Munmap(area, 4096);
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        Array.Clear(contents);
        process.Lseek(fd, 0);
        process.Read(fd, contents);
        Assert.Equal(expected, contents);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Writing_back_clears_what_is_stored_behind_the_end(bool fsync)
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 5000);
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd);
        process.Store(area + 4999ul, 0x0102);
        Assert.Equal(0x0102, process.Load<ushort>(area + 4999ul));
        if (fsync)
            process.Fsync(fd);
        else
            process.Msync(area + 4096ul, 4096, MsyncFlags.Sync);
        Assert.Equal(2, process.Load<ushort>(area + 4999ul));
    }

    [Fact]
    public void Cutting_a_file_in_a_hole_reads_no_page()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 0);
        process.Ftruncate(fd, 8192);
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        UserVirtualAddress vec = process.Mmap(default, 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        process.Store(vec, (byte)9);
        process.Ftruncate(fd, 100);
        process.Mincore(area, 4096, vec);
        Assert.Equal(0, process.Load<byte>(vec));
        process.Load<byte>(area);
        process.Mincore(area, 4096, vec);
        Assert.Equal(1, process.Load<byte>(vec));
    }

    [Fact]
    public void A_write_goes_on_in_a_page_of_its_own_map_that_it_has_brought_into_being()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = Make(process, 4096);
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd);
        process.Store(area + 0xff8ul, 42);
        Assert.Equal(4096, process.Pwrite(fd, area + 0xae0ul, 4096, 4096));
        Assert.Equal(42, process.Load<int>(area + 4096ul + 0x518ul));
        Assert.Equal(8192, process.Fstat(fd).StSize);
    }

    [Fact]
    public void A_file_without_a_name_lives_while_it_is_open_or_mapped_and_then_leaves_nothing()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        ulong free = kernel.FreePages();
        int fd = Make(process, 3 * 4096, fill: 4);
        process.Fsync(fd);
        UserVirtualAddress area = process.Mmap(default, 3 * 4096, ReadWrite, MapFlags.Shared, fd);
        process.Store(area, 123);
        FileStatus status = process.Fstat(fd);
        process.Unlink(Name);
        Assert.Equal(status with { StNlink = 0 }, process.Fstat(fd));
        Expect.Errno(ENOENT, () => process.Open(Name));
        Expect.Errno(ENOENT, () => kernel.ReadDisk(Name));
        process.Close(fd);
        Assert.Equal((123, 4), (process.Load<int>(area), process.Load<byte>(area + 8192ul)));
        string line = kernel.ReadFile($"/proc/{process.Pid}/maps").Split('\n').Single(line => line.Contains(Name));
        Assert.EndsWith(" /tmp/file (deleted)", line);
        Assert.Contains($" rw-s 00000000 08:01 {status.StIno} ", line);
        int again = Make(process, 4096, fill: 6);
        Assert.NotEqual(status.StIno, process.Fstat(again).StIno);
        Assert.Equal(4, process.Load<byte>(area + 8192ul));
        UserProcess child = process.Fork();
        process.Munmap(area, 3 * 4096);
        Assert.Equal(123, child.Load<int>(area));
        child.Exit();
        process.Unlink(Name);
        process.Close(again);
        process.Exit();
        Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
        Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.Dirty]);
        Assert.True(kernel.FreePages() >= free);
    }

    [Fact]
    public void A_store_that_is_not_synced_is_lost_to_the_disk_only()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        kernel.WriteFile(Name, "Hello disk");
        int fd = process.Open(Name, OpenFlags.ReadWrite);
        UserVirtualAddress page = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        process.Store(page, (byte)'h');
        Assert.Equal("hello disk", kernel.ReadFile(Name));
        Assert.Empty(kernel.ReadDisk(Name));
        process.Msync(page, 4096, MsyncFlags.Sync);
        Assert.Equal("hello disk"u8, kernel.ReadDisk(Name));
    }

    [Fact]
    public void Mmap_asks_for_the_rights_of_the_opening()
    {
        Kernel kernel = Boot(Architecture.X8664);
        UserProcess process = kernel.CreateProcess("p");
        Make(process, 4096);
        int readOnly = process.Open(Name), writeOnly = process.Open(Name, OpenFlags.WriteOnly);
        Expect.Errno(EACCES, () => process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, readOnly));
        Expect.Errno(EACCES, () => process.Mmap(default, 4096, Protection.Read, MapFlags.Private, writeOnly));
        Expect.Errno(ENODEV, () => process.Mmap(default, 4096, Protection.Read, MapFlags.Private, process.Open("/tmp")));
        Expect.Errno(EOVERFLOW, () => process.Mmap(default, 8192, Protection.Read, MapFlags.Shared, readOnly, 0x7FFF_FFFF_FFFF_F000));
        UserVirtualAddress secret = process.Mmap(default, 4096, ReadWrite, MapFlags.Private, readOnly);
        process.Store(secret, 1);
        UserVirtualAddress shared = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, readOnly);
        Expect.Errno(EACCES, () => process.Mprotect(shared, 4096, ReadWrite));
        Expect.Signal(Signal.SIGSEGV, SignalCode.ACCERR, shared, () => process.Store(shared, 1));
    }

    private static int Make(UserProcess process, int length, byte fill = 0)
    {
        int fd = process.Open(Name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Truncate);
        byte[] contents = new byte[length];
        Array.Fill(contents, fill);
        Assert.Equal(length, process.Write(fd, contents));
        return fd;
    }
}
