using Samples.ScullPipe;

namespace DriverKit.Samples.Tests.ScullPipe;

/// <summary>What one process sees of the ring: how much each call moves, what poll says, what open and close do.</summary>
public sealed class RingTests : ScullPipeTest
{
    private const PollEvents Readable = PollEvents.In | PollEvents.RdNorm, Writable = PollEvents.Out | PollEvents.WrNorm;

    [Fact]
    public void A_call_moves_what_lies_in_one_piece()
    {
        (UserProcess process, int fd) = Open(OpenFlags.ReadWrite | OpenFlags.NonBlock);
        int sent = 0, received = 0;
        Write(4000, 3999);
        Assert.Equal(Errno.EAGAIN, ErrnoOf(() => process.Write(fd, Bytes(4000))));
        Read(100, 100);
        Write(50, 1);
        Write(50, 50);
        Write(60, 49);
        Assert.Equal(Errno.EAGAIN, ErrnoOf(() => process.Write(fd, Bytes(1))));
        Read(5000, 3900);
        Read(5000, 99);
        Assert.Equal(Errno.EAGAIN, ErrnoOf(() => process.Read(fd, new byte[5000])));
        Assert.Equal(sent, received);

        void Write(int count, int taken)
        {
            Assert.Equal(taken, process.Write(fd, Bytes(count, sent)));
            sent += taken;
        }

        void Read(int count, int given)
        {
            byte[] buffer = new byte[count];
            Assert.Equal(given, process.Read(fd, buffer));
            Assert.Equal(Bytes(given, received), buffer[..given]);
            received += given;
        }
    }

    [Fact]
    public void It_cannot_be_sought()
    {
        (UserProcess process, int fd) = Open(OpenFlags.ReadWrite);
        process.Write(fd, Bytes(10));
        UserVirtualAddress buffer = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        foreach (SeekWhence whence in Enum.GetValues<SeekWhence>())
            Assert.Equal(Errno.ESPIPE, ErrnoOf(() => process.Lseek(fd, 0, whence)));
        Assert.Equal(Errno.ESPIPE, ErrnoOf(() => process.Pread(fd, buffer, 10, 0)));
        Assert.Equal(Errno.ESPIPE, ErrnoOf(() => process.Pwrite(fd, buffer, 10, 0)));
        Assert.Equal(10, process.Read(fd, new byte[20]));
    }

    [Fact]
    public void A_bad_buffer_moves_nothing_and_leaves_the_device_usable()
    {
        (UserProcess process, int fd) = Open(OpenFlags.ReadWrite);
        process.Write(fd, Bytes(10));
        Assert.Equal(Errno.EFAULT, ErrnoOf(() => process.Read(fd, new UserVirtualAddress(0x1000), 10)));
        Assert.Equal(Errno.EFAULT, ErrnoOf(() => process.Write(fd, new UserVirtualAddress(0x1000), 10)));
        byte[] buffer = new byte[20];
        Assert.Equal(10, process.Read(fd, buffer));
        Assert.Equal(Bytes(10), buffer[..10]);
    }

    [Fact]
    public void Poll_tells_data_and_room()
    {
        (UserProcess process, int fd) = Open(OpenFlags.ReadWrite);
        Assert.Equal(Writable, process.Poll(fd, Readable | Writable, 0));
        process.Write(fd, Bytes(1));
        Assert.Equal(Readable | Writable, process.Poll(fd, Readable | Writable, 0));
        process.Write(fd, Bytes(3998));
        Assert.Equal(Readable, process.Poll(fd, Readable | Writable, 0));
    }

    [Fact]
    public void Every_open_throws_away_what_was_not_read()
    {
        (UserProcess process, int fd) = Open(OpenFlags.ReadWrite | OpenFlags.NonBlock);
        process.Write(fd, Bytes(10));
        int second = process.Open(Pipe);
        Assert.Equal(Errno.EAGAIN, ErrnoOf(() => process.Read(fd, new byte[10])));
        process.Close(second);
        process.Write(fd, Bytes(10));
        Assert.Equal(10, process.Read(fd, new byte[10]));
    }

    [Fact]
    public void The_buffer_lives_from_the_first_open_to_the_last_close()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        Assert.StartsWith("Default buffersize is 4000\n\nDevice 0:\n   Buffer: 00000000 to 00000000 (0 bytes)\n   rp 00000000   wp 00000000\n", kernel.ReadFile("/proc/scullpipe"));
        int first = process.Open(Pipe, OpenFlags.ReadWrite), second = process.Open(Pipe, OpenFlags.WriteOnly);
        Assert.Matches(
            "Device 0:\n   Buffer: (c[0-9a-f]{7}) to c[0-9a-f]{7} \\(4000 bytes\\)\n   rp \\1   wp \\1\n   readers 1   writers 2\n\nDevice 1:\n",
            kernel.ReadFile("/proc/scullpipe"));
        process.Close(first);
        Assert.Matches("Buffer: c.*\n.*\n   readers 0   writers 1\n", kernel.ReadFile("/proc/scullpipe"));
        process.Close(second);
        Assert.Contains("Buffer: 00000000 to", kernel.ReadFile("/proc/scullpipe"));
    }

    [Fact]
    public void Parameters_set_how_many_devices_there_are_and_how_large()
    {
        (UserProcess process, int fd) = Open(OpenFlags.ReadWrite | OpenFlags.NonBlock, "scull_p_nr_devs=2 scull_p_buffer=10");
        Assert.Equal(9, process.Write(fd, Bytes(100)));
        Assert.Equal(1, process.Open("/dev/scullpipe1"));
        Assert.Equal(Errno.ENOENT, ErrnoOf(() => process.Open("/dev/scullpipe2")));
    }

    [Theory]
    [InlineData("scull_p_nr_devs=0")]
    [InlineData("scull_p_nr_devs=-1")]
    public void A_senseless_number_of_devices_is_refused(string parameters) => Assert.Equal(Errno.EINVAL, ErrnoOf(() => Boot(parameters)));

    [Theory]
    [InlineData("scull_p_buffer=-1")]
    [InlineData("scull_p_buffer=2000000000")]
    public void A_buffer_that_cannot_be_had_fails_the_open(string parameters) => Assert.Equal(Errno.ENOMEM, ErrnoOf(() => Open(OpenFlags.ReadWrite, parameters)));

    [Fact]
    public void It_leaves_nothing_behind()
    {
        using var kernel = Kernel.Boot(new() { MemorySize = 32.MiB() });
        ScullPipeModule module = ScullPipeLoad.Load(kernel);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Pipe, OpenFlags.ReadWrite);
        Assert.Equal(Errno.EAGAIN, ErrnoOf(() => kernel.RemoveModule(module)));
        process.Close(fd);
        ScullPipeLoad.Unload(kernel, module);
        Assert.DoesNotContain("scullpipe", kernel.ReadFile("/proc/devices"));
        Assert.Equal(Errno.ENOENT, ErrnoOf(() => kernel.ReadFile("/proc/scullpipe")));
    }
}
