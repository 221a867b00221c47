using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>readv, writev, preadv and pwritev: a driver's read or write for each buffer, and what is checked before.</summary>
public sealed class VectorTests : KernelTest
{
    private const int MaxVectors = 1024;
    private const ulong MaxCount = 0x7ffff000;

    private readonly List<string> _log = [];
    private KernelResult? _answer;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_driver_is_called_for_each_buffer_and_an_empty_one_too(Architecture architecture)
    {
        (UserProcess process, int fd) = Open(Boot(architecture));
        UserVirtualAddress a = process.Buffer(new byte[100]), b = process.Buffer(new byte[100]);
        Assert.Equal(7, process.Readv(fd, [new(a, 3), new(default, 0), new(b + 1ul, 4)]));
        Assert.Equal([$"read {a} 3 at 0", "read 0x00000000 0 at 3", $"read {b + 1ul} 4 at 3"], _log);
        Assert.Equal(9, process.Writev(fd, [new(b, 8), new(a, 1)]));
        Assert.Equal([$"write {b} 8 at 7", $"write {a} 1 at 15"], _log[3..]);
        Assert.Equal(16, process.Lseek(fd, 0, SeekWhence.Current));
    }

    [Fact]
    public void The_positioned_forms_leave_the_position_of_the_file_alone()
    {
        (UserProcess process, int fd) = Open(Boot());
        UserVirtualAddress a = process.Buffer(new byte[100]);
        Assert.Equal(5, process.Preadv(fd, [new(a, 3), new(a, 2)], 1000));
        Assert.Equal(5, process.Pwritev(fd, [new(a, 3), new(a, 2)], 2000));
        Assert.Equal([$"read {a} 3 at 1000", $"read {a} 2 at 1003", $"write {a} 3 at 2000", $"write {a} 2 at 2003"], _log);
        Assert.Equal(0, process.Lseek(fd, 0, SeekWhence.Current));
    }

    [Fact]
    public void A_short_transfer_ends_it_and_an_error_counts_only_when_nothing_went_before()
    {
        (UserProcess process, int fd) = Open(Boot());
        UserVirtualAddress a = process.Buffer(new byte[100]);
        _answer = 2;
        Assert.Equal(2, process.Readv(fd, [new(a, 3), new(a, 4)]));
        Assert.Single(_log);
        Assert.Equal(4, process.Readv(fd, [new(a, 2), new(a, 4), new(a, 2)]));
        Assert.Equal(3, _log.Count);
        _answer = -EAGAIN;
        Expect.Errno(EAGAIN, () => process.Writev(fd, [new(a, 3), new(a, 4)]));
        _answer = null;
        (process, fd) = TestDriver.Open(Boot(), new FileOperations
        {
            Write = (OpenFile _, UserVirtualAddress _, ulong count, ref long _) => count == 4 ? -EAGAIN : count,
        });
        a = process.Buffer(new byte[100]);
        Assert.Equal(5, process.Writev(fd, [new(a, 3), new(a, 2), new(a, 4), new(a, 1)]));
    }

    [Fact]
    public void The_array_is_copied_before_the_driver_runs()
    {
        UserVirtualAddress array = default;
        int calls = 0;
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations
        {
            Read = (OpenFile _, UserVirtualAddress _, ulong count, ref long _) =>
            {
                calls++;
                Assert.True(PutUser(0xFFFF_FFFFu, array + 12ul).IsSuccess);
                return count;
            },
        });
        array = process.Buffer(new byte[16]);
        UserVirtualAddress buffer = process.Buffer(new byte[8]);
        for (ulong i = 0; i < 2; i++)
        {
            process.Store(array + (i * 8), (uint)buffer.Value);
            process.Store(array + (i * 8) + 4ul, 4u);
        }

        Assert.Equal((8, 2), (process.Readv(fd, array, 2), calls));
        Expect.Errno(EINVAL, () => process.Readv(fd, array, 2));
    }

    [Fact]
    public void What_is_wrong_with_the_file_comes_before_what_is_wrong_with_the_buffers()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = Open(kernel);
        int readOnly = process.Open(TestDriver.Node), writeOnly = process.Open(TestDriver.Node, OpenFlags.WriteOnly), directory = process.Open("/tmp");
        UserVirtualAddress bad = new(8), good = process.Buffer(new byte[16]);
        Expect.Errno(EBADF, () => process.Readv(99, bad, 9999));
        Expect.Errno(EBADF, () => process.Readv(writeOnly, bad, 9999));
        Expect.Errno(EBADF, () => process.Writev(readOnly, bad, 9999));
        Expect.Errno(EINVAL, () => process.Readv(fd, bad, MaxVectors + 1));
        Expect.Errno(EINVAL, () => process.Readv(fd, bad, ulong.MaxValue));
        Expect.Errno(EFAULT, () => process.Readv(fd, bad, MaxVectors));
        Expect.Errno(EFAULT, () => process.Readv(directory, bad, 1));
        Expect.Errno(EISDIR, () => process.Readv(directory, [new(good, 4)]));
        Expect.Errno(EBADF, () => process.Writev(directory, [new(good, 4)]));
        Assert.Equal((0, 0, 0), (process.Readv(fd, bad, 0), process.Writev(fd, bad, 0), process.Readv(directory, bad, 0)));
        Assert.Equal((0, 0), (process.Readv(fd, [new(bad, 0)]), process.Readv(directory, [new(good, 0)])));
        Assert.Empty(_log);
        (process, fd) = TestDriver.Open(Boot(), new FileOperations());
        Expect.Errno(EINVAL, () => process.Readv(fd, bad, 1));
        Expect.Errno(EINVAL, () => process.Writev(fd, bad, 1));
    }

    [Theory]
    [InlineData(Architecture.I386, 0x8000_0000ul)]
    [InlineData(Architecture.X8664, 0x8000_0000_0000_0000ul)]
    public void Lengths_are_checked_before_addresses_and_all_of_them_before_the_driver_runs(Architecture architecture, ulong negative)
    {
        (UserProcess process, int fd) = Open(Boot(architecture));
        UserVirtualAddress good = process.Buffer(new byte[16]), kernel = new(process.Mm.TaskSize);
        Expect.Errno(EINVAL, () => process.Readv(fd, [new(good, 4), new(good, negative)]));
        Expect.Errno(EINVAL, () => process.Readv(fd, [new(kernel, 4), new(good, negative)]));
        Expect.Errno(EINVAL, () => process.Writev(fd, [new(good, ulong.MaxValue)]));
        Expect.Errno(EFAULT, () => process.Readv(fd, [new(good, 4), new(kernel, 1)]));
        Expect.Errno(EFAULT, () => process.Readv(fd, [new(good, 4), new(kernel + 1ul, 0)]));
        Expect.Errno(EFAULT, () => process.Writev(fd, [new(good, 4), new(good, negative - 1)]));
        Assert.Empty(_log);
    }

    [Fact]
    public void A_sum_that_is_a_negative_number_of_32_bits_is_EINVAL()
    {
        (UserProcess process, int fd) = Open(Boot());
        UserVirtualAddress low = new(0x1000);
        Expect.Errno(EINVAL, () => process.Readv(fd, [new(low, 0x4000_0000), new(low, 0x4000_0000)]));
        Assert.Empty(_log);
        Assert.Equal((long)MaxCount, process.Readv(fd, [new(low, 0x4000_0000), new(low, 0x3FFF_FFFF)]));
        Assert.Equal(["read 0x00001000 1073741824 at 0", "read 0x00001000 1073737728 at 1073741824"], _log);
    }

    [Fact]
    public void One_call_transfers_no_more_than_2_GiB_less_a_page_and_ends_before_the_largest_position()
    {
        (UserProcess process, int fd) = Open(Boot(Architecture.X8664));
        UserVirtualAddress low = new(0x1000);
        Assert.Equal((long)MaxCount, process.Readv(fd, [new(low, MaxCount - 1), new(low, 1ul << 40), new(low, 5)]));
        Assert.Equal([$"read {low} {MaxCount - 1} at 0", $"read {low} 1 at {MaxCount - 1}", $"read {low} 0 at {MaxCount}"], _log);
        Expect.Errno(EINVAL, () => process.Preadv(fd, [new(low, 2), new(low, 2)], long.MaxValue - 3));
        Assert.Equal(4, process.Preadv(fd, [new(low, 2), new(low, 2)], long.MaxValue - 4));
        Assert.Equal(0, process.Preadv(fd, [new(low, 0)], long.MaxValue));
        Expect.Errno(EINVAL, () => process.Preadv(fd, [new(low, 2)], -1));
        Expect.Errno(EINVAL, () => process.Preadv(99, [new(low, 2)], -1));
        Expect.Errno(EINVAL, () => process.Pwritev(99, [new(low, 2)], long.MinValue));
        Expect.Errno(EBADF, () => process.Pwritev(99, [new(low, 2)], 0));
    }

    [Fact]
    public void A_regular_file_takes_and_gives_buffers_as_one_and_stops_at_a_bad_one()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/tmp/f", OpenFlags.ReadWrite | OpenFlags.Create);
        UserVirtualAddress text = process.Buffer("Hello world"u8), into = process.Buffer(new byte[16]);
        Assert.Equal(11, process.Writev(fd, [new(text + 6ul, 5), new(text, 6)]));
        Assert.Equal("worldHello ", kernel.ReadFile("/tmp/f"));
        process.Lseek(fd, 0);
        Assert.Equal(11, process.Readv(fd, [new(into + 6ul, 5), new(into, 10)]));
        byte[] back = new byte[11];
        process.LoadBytes(into, back);
        Assert.Equal("Hello world"u8.ToArray(), back);
        Assert.Equal(3, process.Pwritev(fd, [new(text, 3), new(new(0x1000), 3), new(text, 3)], 20));
        Expect.Errno(EFAULT, () => process.Pwritev(fd, [new(new(0x1000), 3), new(text, 3)], 0));
        Assert.Equal(2, process.Preadv(fd, [new(into, 2), new(new(0x1000), 3)], 0));
        process.Fcntl(fd, FcntlCommand.SetFl, (long)OpenFlags.Append);
        Assert.Equal(4, process.Pwritev(fd, [new(text, 1), new(text + 6ul, 3)], 0));
        Assert.EndsWith("HelHwor", kernel.ReadFile("/tmp/f"));
    }

    private (UserProcess Process, int Fd) Open(Kernel kernel) => TestDriver.Open(kernel, new FileOperations
    {
        Read = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long position) => Transfer("read", buffer, count, ref position),
        Write = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long position) => Transfer("write", buffer, count, ref position),
    });

    private KernelResult Transfer(string what, UserVirtualAddress buffer, ulong count, ref long position)
    {
        _log.Add($"{what} {buffer} {count} at {position}");
        KernelResult result = _answer ?? count;
        position += Math.Max(result.Value, 0);
        return result;
    }
}
