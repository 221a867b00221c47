using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>splice(), tee() and vmsplice(): pages move by reference between files, pipes and memory; what a driver does for them; errors.</summary>
public sealed class SpliceTests : KernelTest
{
    private const int PageSize = 4096;
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const SpliceFlags NonBlock = SpliceFlags.NonBlock;

    [Fact]
    public void A_page_of_a_file_goes_into_a_pipe_without_being_copied()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int file = FileOf(process, "0123456789"u8);
        (int read, int write) = process.Pipe();
        Assert.Equal(4, process.Splice(file, 2, write, null, 4));
        process.Pwrite(file, Memory(process, "ABCD"u8), 4, 3);
        Assert.Equal("2ABC", Text(process, read, 10));
        Assert.Equal(10, process.Lseek(file, 0, SeekWhence.Current));
    }

    [Fact]
    public void Positions_move_the_files_or_the_calls_own()
    {
        UserProcess process = Boot().CreateProcess("p");
        int file = FileOf(process, "0123456789"u8), copy = process.Open("/tmp/copy", OpenFlags.ReadWrite | OpenFlags.Create);
        process.Lseek(file, 1);
        (int read, int write) = process.Pipe();
        Assert.Equal(3, process.Splice(file, write, 3));
        Assert.Equal(4, process.Lseek(file, 0, SeekWhence.Current));
        UserVirtualAddress offset = Memory(process, BitConverter.GetBytes(6L));
        Assert.Equal(4, process.Splice(file, offset, write, default(UserVirtualAddress), 100, NonBlock));
        Assert.Equal((10L, 4L), (process.Load<long>(offset), process.Lseek(file, 0, SeekWhence.Current)));
        Assert.Equal(5, process.Splice(read, copy, 5));
        Assert.Equal(2, process.Splice(read, null, copy, 7, 100));
        Assert.Equal(5, process.Lseek(copy, 0, SeekWhence.Current));
        process.Lseek(copy, 0);
        Assert.Equal("12367\0\089", Text(process, copy, 20));
        Assert.Equal(0, process.Splice(file, 10, write, null, 5));
    }

    [Fact]
    public void Between_pipes_whole_buffers_move_and_the_last_is_shared()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        (int read2, int write2) = process.Pipe(OpenFlags.NonBlock);
        process.Write(write, "hello world"u8);
        Assert.Equal(5, process.Tee(read, write2, 5));
        Assert.Equal(8, process.Splice(read, write2, 8));
        process.Write(write, "!"u8);
        process.Write(write2, "?"u8);
        Assert.Equal(("rld!", "hellohello wo?"), (Text(process, read, 20), Text(process, read2, 20)));
    }

    [Fact]
    public void What_is_stored_after_vmsplice_is_seen_in_the_pipe()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe();
        UserVirtualAddress memory = Memory(process, "old one"u8);
        Assert.Equal(7, process.Vmsplice(write, [new(memory, 3), new(memory + 3, 4)]));
        process.StoreBytes(memory, "new"u8);
        Assert.Equal("new one", Text(process, read, 10));
    }

    [Fact]
    public void Pages_in_a_pipe_outlive_their_process_and_stay_in_memory()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p"), child;
        (int read, int write) = process.Pipe();
        child = process.Fork();
        UserVirtualAddress memory = child.Mmap(default, 3 * PageSize, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        child.Store(memory + PageSize, 7);
        Assert.Equal(2 * PageSize, child.Vmsplice(write, [new(memory + PageSize / 2, 2 * PageSize)], SpliceFlags.Gift));
        child.Exit();
        int file = FileOf(process, new byte[PageSize]);
        Assert.Equal(PageSize, process.Splice(file, 0, write, null, PageSize));
        process.Ftruncate(file, 0);
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        byte[] bytes = new byte[4 * PageSize];
        Assert.Equal(3 * PageSize, process.Read(read, bytes));
        Assert.Equal(7, bytes[PageSize / 2]);
    }

    [Fact]
    public void Vmsplice_on_the_end_to_read_from_copies()
    {
        UserProcess process = Boot().CreateProcess("p");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        process.Write(write, "abcdef"u8);
        UserVirtualAddress memory = Memory(process, new byte[32]);
        Assert.Equal(6, process.Vmsplice(read, [new(memory, 2), new(memory + 16, 0), new(memory + 8, 10)], NonBlock));
        byte[] bytes = new byte[14];
        process.LoadBytes(memory, bytes);
        Assert.Equal("ab\0\0\0\0\0\0cdef\0\0"u8, bytes);
        Expect.Errno(EAGAIN, () => process.Vmsplice(read, [new(memory, 2)], NonBlock));
    }

    [Fact]
    public void Device_memory_does_not_go_into_a_pipe()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (_, vma) => RemapPfnRange(vma, vma.VmStart, new Pfn(0xA0), vma.Length, vma.VmPageProt) });
        UserVirtualAddress area = process.Mmap(default, PageSize, ReadWrite, MapFlags.Shared, fd);
        (int read, int write) = process.Pipe();
        Expect.Errno(EFAULT, () => process.Vmsplice(write, [new(area, 8)]));
        Expect.Errno(EFAULT, () => process.Vmsplice(write, [new(default, 8)]));
        UserVirtualAddress memory = Memory(process, "x"u8);
        Assert.Equal(8, process.Vmsplice(write, [new(memory, 8), new(default, 8)]));
        Assert.Equal(8, process.Read(read, new byte[100]));
    }

    [Fact]
    public void The_devices_of_every_system()
    {
        UserProcess process = Boot().CreateProcess("p");
        int zero = process.Open("/dev/zero", OpenFlags.ReadWrite), @null = process.Open("/dev/null", OpenFlags.ReadWrite), full = process.Open("/dev/full", OpenFlags.ReadWrite);
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        Assert.Equal(PageSize + 1, process.Splice(zero, write, PageSize + 1));
        Assert.Equal(1, process.Splice(full, write, 1));
        Assert.Equal(new string('\0', 2), Text(process, read, 2));
        Assert.Equal(PageSize, process.Splice(read, @null, 1 << 20));
        Assert.Equal(16 * PageSize, process.Splice(zero, write, 1 << 20));
        Assert.Equal(PageSize, process.Splice(read, zero, PageSize));
        Expect.Errno(EINVAL, () => process.Splice(@null, write, 1));
        Expect.Errno(EINVAL, () => process.Splice(read, full, 1));
    }

    [Fact]
    public void A_driver_gives_pages_and_takes_them_buffer_by_buffer()
    {
        Kernel kernel = Boot();
        Page page = null!;
        var taken = new List<(int Offset, int Len, long Pos)>();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            SpliceRead = (OpenFile _, ref long ppos, PipeInodeInfo pipe, ulong len, SpliceFlags _) =>
            {
                page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero)!;
                KernelResult added = AddToPipe(pipe, page, 100, (int)Math.Min(len, 50));
                ppos += Math.Max(added.Value, 0);
                return added;
            },
            SpliceWrite = (PipeInodeInfo pipe, OpenFile filp, ref long ppos, ulong len, SpliceFlags flags) =>
                SpliceFromPipe(pipe, filp, ref ppos, len, flags, (PipeInodeInfo _, in PipeBuffer buf, in SpliceDesc sd) =>
                {
                    taken.Add((buf.Offset, sd.Len, sd.Pos));
                    return taken.Count == 3 ? -EIO : sd.Len;
                }),
        });
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        Assert.Equal((50L, 20L), (process.Splice(fd, write, 1000), process.Splice(fd, write, 20)));
        Assert.Equal(70, process.Lseek(fd, 0, SeekWhence.Current));
        Assert.Equal(60, process.Splice(read, null, fd, 5, 60));
        Expect.Errno(EIO, () => process.Splice(read, fd, 60));
        Assert.Equal([(100, 50, 5), (100, 10, 55), (110, 10, 70)], taken);
        Expect.Errno(EINVAL, () => process.Splice(process.Open("/proc/meminfo"), write, 1));
    }

    [Fact]
    public void Adding_what_is_no_piece_of_a_page_is_a_bug()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            SpliceRead = (OpenFile _, ref long _, PipeInodeInfo pipe, ulong _, SpliceFlags _) => AddToPipe(pipe, AllocPage(GfpFlags.Kernel)!, 4000, 97),
        });
        Keeps(kernel, 1, "the driver's page, which it could not give away");
        (_, int write) = process.Pipe();
        Expect.Oops("kernel BUG in add_to_pipe: 97 bytes at 4000 do not lie in a page", () => process.Splice(fd, write, 1));
    }

    [Fact]
    public void Nonsense()
    {
        UserProcess process = Boot().CreateProcess("p");
        int file = FileOf(process, "abc"u8), append = process.Open("/tmp/f", OpenFlags.WriteOnly | OpenFlags.Append), directory = process.Open("/tmp");
        (int read, int write) = process.Pipe(OpenFlags.NonBlock);
        (int read2, int write2) = process.Pipe(OpenFlags.NonBlock);
        UserVirtualAddress memory = Memory(process, "abc"u8);
        process.Write(write, "x"u8);
        Assert.Equal(0, process.Splice(99, 99, 0, (SpliceFlags)0x100));
        Expect.Errno(EINVAL, () => process.Splice(file, write, 1, (SpliceFlags)0x10));
        Expect.Errno(EBADF, () => process.Splice(99, write, 1));
        Expect.Errno(EBADF, () => process.Splice(file, 99, 1));
        Expect.Errno(EBADF, () => process.Splice(write, file, 1));
        Expect.Errno(EBADF, () => process.Splice(file, read, 1));
        Expect.Errno(EINVAL, () => process.Splice(file, file, 1));
        Expect.Errno(EINVAL, () => process.Splice(read, write, 1));
        Expect.Errno(EINVAL, () => process.Splice(read, append, 1));
        Expect.Errno(EINVAL, () => process.Splice(directory, write, 1));
        Expect.Errno(EINVAL, () => process.Splice(file, -1, write, null, 1));
        Expect.Errno(EINVAL, () => process.Splice(file, write, ulong.MaxValue));
        Expect.Errno(ESPIPE, () => process.Splice(read, 0, file, null, 1));
        Expect.Errno(ESPIPE, () => process.Splice(file, null, write, 0, 1));
        Expect.Errno(EFAULT, () => process.Splice(file, new UserVirtualAddress(8), write, default(UserVirtualAddress), 1, NonBlock));
        Expect.Errno(EAGAIN, () => process.Splice(read2, file, 1));
        Expect.Errno(EAGAIN, () => process.Tee(read2, write, 1));
        Expect.Errno(EINVAL, () => process.Tee(read, write, 1));
        Expect.Errno(EINVAL, () => process.Tee(file, write, 1));
        Expect.Errno(EINVAL, () => process.Tee(read, write2, 1, (SpliceFlags)0x10));
        Expect.Errno(EBADF, () => process.Tee(write, write2, 1));
        Assert.Equal(0, process.Tee(read, write2, 0));
        Expect.Errno(EBADF, () => process.Vmsplice(file, [new(memory, 1)]));
        Expect.Errno(EBADF, () => process.Vmsplice(99, [new(memory, 1)]));
        Expect.Errno(EINVAL, () => process.Vmsplice(write, [new(memory, 1)], (SpliceFlags)0x10));
        Expect.Errno(EINVAL, () => process.Vmsplice(write, memory, 1025));
        Expect.Errno(EINVAL, () => process.Vmsplice(write, [new(memory, 0x8000_0000)]));
        Expect.Errno(EFAULT, () => process.Vmsplice(write, new UserVirtualAddress(8), 1));
        Assert.Equal(0, process.Vmsplice(write, [new(memory, 0)]));
        process.Sigaction(Signal.SIGPIPE, SignalAction.Ignore);
        process.Close(read2);
        Expect.Errno(EPIPE, () => process.Splice(file, write2, 1));
        Expect.Errno(EPIPE, () => process.Splice(read, write2, 1));
        Expect.Errno(EPIPE, () => process.Tee(read, write2, 1));
        Expect.Errno(EPIPE, () => process.Vmsplice(write2, [new(memory, 1)]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_chain_of_splices_waits_for_both_sides(int cpus)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = cpus });
        UserProcess process = kernel.CreateProcess("p");
        byte[] sent = new byte[300_000];
        new Random(1).NextBytes(sent);
        int file = FileOf(process, sent), copy = process.Open("/tmp/copy", OpenFlags.ReadWrite | OpenFlags.Create);
        (int read, int write) = process.Pipe();
        (int read2, int write2) = process.Pipe();
        process.Lseek(file, 0);
        Run(file, write);
        Run(read, write2);
        Run(read2, copy);
        foreach (int fd in new[] { read, write, read2, write2 })
            process.Close(fd);
        kernel.Run();
        byte[] received = new byte[sent.Length + 1];
        process.Lseek(copy, 0);
        Assert.Equal(sent.Length, process.Read(copy, received));
        Assert.Equal(sent, received[..^1]);

        void Run(int from, int to) => process.Fork(p =>
        {
            foreach (int fd in new[] { read, write, read2, write2 }.Except([from, to]))
                p.Close(fd);
            while (p.Splice(from, to, 50_001) != 0)
            {
            }

            return 0;
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Two_processes_that_splice_between_two_pipes_in_opposite_directions_do_not_block_each_other(int seed)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), Cpus = 2 }, new KernelOptions { Strategy = new RandomStrategy((ulong)seed) });
        UserProcess process = kernel.CreateProcess("p");
        (int read, int write) = process.Pipe();
        (int read2, int write2) = process.Pipe();
        process.Write(write, new byte[1000]);
        process.Write(write2, new byte[1000]);
        long moved = 0;
        foreach ((int from, int to) in new[] { (read, write2), (read2, write) })
        {
            process.Fork(p =>
            {
                for (int i = 0; i < 14; i++)
                {
                    long bytes = p.Splice(from, to, 10);
                    moved += bytes;
                }

                return 0;
            });
        }

        kernel.Run();
        Assert.Equal(280, moved);
    }

    private static int FileOf(UserProcess process, ReadOnlySpan<byte> contents)
    {
        int file = process.Open("/tmp/f", OpenFlags.ReadWrite | OpenFlags.Create);
        process.Write(file, contents);
        return file;
    }

    private static UserVirtualAddress Memory(UserProcess process, ReadOnlySpan<byte> contents)
    {
        UserVirtualAddress memory = process.Mmap(default, PageSize, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        process.StoreBytes(memory, contents);
        return memory;
    }

    private static string Text(UserProcess process, int fd, int most)
    {
        byte[] bytes = new byte[most];
        return System.Text.Encoding.ASCII.GetString(bytes, 0, process.Read(fd, bytes));
    }
}
