using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The ready-made operations of linux/fs.h: nonseekable_open, no_llseek, default_llseek, generic_file_llseek.</summary>
public sealed class StreamTests : KernelTest
{
    [Fact]
    public void A_stream_refuses_lseek_pread_and_pwrite_and_reads_on()
    {
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations
        {
            Open = NonseekableOpen,
            Llseek = NoLlseek,
            Read = (OpenFile _, UserVirtualAddress _, ulong count, ref long position) =>
            {
                position += (long)count;
                return position;
            },
            Write = (OpenFile _, UserVirtualAddress _, ulong count, ref long _) => count,
        });
        UserVirtualAddress buffer = process.Buffer([1, 2]);
        Assert.Equal((2, 4, 2), (process.Read(fd, buffer, 2), process.Read(fd, buffer, 2), process.Write(fd, buffer, 2)));
        Expect.Errno(ESPIPE, () => process.Lseek(fd, 0));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 0, (SeekWhence)9));
        Expect.Errno(ESPIPE, () => process.Pread(fd, buffer, 1, 0));
        Expect.Errno(ESPIPE, () => process.Pwrite(fd, buffer, 1, 0));
        Expect.Errno(ESPIPE, () => process.Preadv(fd, [new(buffer, 1)], 0));
        Expect.Errno(ESPIPE, () => process.Pwritev(fd, [new(buffer, 1)], 0));
        Expect.Errno(EINVAL, () => process.Preadv(fd, [new(buffer, 1)], -1));
        Assert.Equal(6, process.Readv(fd, [new(buffer, 2)]));
    }

    [Fact]
    public void No_llseek_alone_leaves_pread_as_it_was()
    {
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations
        {
            Llseek = NoLlseek,
            Read = (OpenFile _, UserVirtualAddress _, ulong _, ref long position) => position,
        });
        Expect.Errno(ESPIPE, () => process.Lseek(fd, 0));
        Assert.Equal(7, process.Pread(fd, process.Buffer([1]), 1, 7));
    }

    [Fact]
    public void Default_llseek_has_no_end_and_generic_file_llseek_has()
    {
        const long Largest = (long)uint.MaxValue << 12;
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations { Llseek = DefaultLlseek });
        Assert.Equal(long.MaxValue, process.Lseek(fd, long.MaxValue));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 1, SeekWhence.Current));
        Expect.Errno(EINVAL, () => process.Lseek(fd, -1, SeekWhence.End));
        Assert.Equal(long.MaxValue, process.Lseek(fd, 0, SeekWhence.Current));
        (process, fd) = TestDriver.Open(Boot(), new FileOperations { Llseek = GenericFileLlseek });
        Assert.Equal(Largest, process.Lseek(fd, Largest));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 1, SeekWhence.Current));
        Expect.Errno(EINVAL, () => process.Lseek(fd, Largest + 1));
        Assert.Equal(Largest - 5, process.Lseek(fd, -5, SeekWhence.Current));
        Assert.Equal(3, process.Lseek(fd, 3, SeekWhence.End));
    }
}
