using Book;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The numbers of ioctl commands, who gets them, and which the kernel keeps for itself.</summary>
public sealed class IoctlTests : KernelTest
{
    [Fact]
    public void Commands_have_the_numbers_that_a_C_program_uses()
    {
        Assert.Equal((0x6b00u, 0x40046b01u, 0x6b03u, 0x80046b05u), (ScullCommands.Reset, ScullCommands.SetQuantum, ScullCommands.TellQuantum, ScullCommands.GetQuantum));
        Assert.Equal((0x6b07u, 0xc0046b09u, 0x6b0bu, 0x6b0eu), (ScullCommands.QueryQuantum, ScullCommands.ExchangeQuantum, ScullCommands.ShiftQuantum, ScullCommands.PipeQuerySize));
        Assert.Equal(0x80087001u, Ior<long>('p', 1));
        Assert.Equal(0x40017002u, Iow<byte>('p', 2));
    }

    [Fact]
    public void A_number_comes_apart_again()
    {
        uint command = Iowr<(int, long)>('k', 200);
        Assert.Equal((IocRead | IocWrite, 'k', 200u, 16u), (IocDir(command), IocType(command), IocNr(command), IocSize(command)));
        Assert.Equal((0u, 0u, 0u, 0u), (IocDir(0), IocType(0), IocNr(0), IocSize(0)));
        Assert.Equal((3u, 255u, 255u, 0x3FFFu), (IocDir(uint.MaxValue), IocType(uint.MaxValue), IocNr(uint.MaxValue), IocSize(uint.MaxValue)));
        Assert.Equal(command, Ioc(IocDir(command), IocType(command), IocNr(command), IocSize(command)));
        Assert.Equal((IocNone, 0x3FFFu), (IocDir(Ioc(IocNone, 1, 2, 0x3FFF)), IocSize(Ioc(IocNone, 1, 2, 0x3FFF))));
    }

    [Fact]
    public void What_is_too_large_for_the_number_is_refused()
    {
        Assert.Equal(8192u, IocSize(Ior<Large>('k', 1)));
        Assert.Contains("room for 16383", Assert.Throws<ArgumentException>(() => Ior<TooLarge>('k', 1)).Message);
        Assert.Throws<ArgumentException>(() => Iow<TooLarge>('k', 1));
        Assert.Throws<ArgumentException>(() => Iowr<TooLarge>('k', 1));
    }

    [Fact]
    public void Unlocked_ioctl_takes_the_place_of_ioctl()
    {
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations
        {
            Ioctl = (_, _, _, _) => -EIO,
            UnlockedIoctl = (filp, command, argument) => filp.Inode.Minor > 0 ? command + argument : -EFAULT,
        });
        Assert.Equal(42, process.Ioctl(fd, 40, 2));
    }

    [Fact]
    public void Either_ioctl_that_does_not_know_a_command_gives_ENOTTY_and_so_does_neither()
    {
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations { UnlockedIoctl = (_, _, _) => -ENOIOCTLCMD });
        Expect.Errno(ENOTTY, () => process.Ioctl(fd, 1));
        (process, fd) = TestDriver.Open(Boot(), new FileOperations { Ioctl = (_, _, _, _) => -ENOIOCTLCMD });
        Expect.Errno(ENOTTY, () => process.Ioctl(fd, 1));
        (process, fd) = TestDriver.Open(Boot(), new FileOperations());
        Expect.Errno(ENOTTY, () => process.Ioctl(fd, 1));
        Expect.Errno(EBADF, () => process.Ioctl(fd + 1, Fionbio));
    }

    [Fact]
    public void The_kernel_switches_O_NONBLOCK_itself_and_the_driver_sees_it_in_f_flags()
    {
        OpenFlags seen = default;
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations
        {
            Read = (OpenFile filp, UserVirtualAddress _, ulong _, ref long _) =>
            {
                seen = filp.FFlags;
                return 0;
            },
            Ioctl = (_, _, _, _) => -EIO,
        });
        UserVirtualAddress flag = process.Buffer([0, 1, 0, 0]), zero = process.Buffer([0, 0, 0, 0]);
        Assert.Equal(OpenFlags.NonBlock, Seen(() => process.Ioctl(fd, Fionbio, flag)));
        Assert.Equal(OpenFlags.NonBlock, Seen(() => Expect.Errno(EFAULT, () => process.Ioctl(fd, Fionbio, new UserVirtualAddress(8)))));
        Assert.Equal(OpenFlags.ReadOnly, Seen(() => process.Ioctl(fd, Fionbio, zero)));
        int copy = process.Dup(fd);
        Assert.Equal(OpenFlags.NonBlock, Seen(() => process.Ioctl(copy, Fionbio, flag)));

        OpenFlags Seen(Action action)
        {
            action();
            process.Read(fd, flag, 1);
            return seen & OpenFlags.NonBlock;
        }
    }

    [Fact]
    public void The_kernel_keeps_close_on_exec_of_the_descriptor_itself()
    {
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations { Ioctl = (_, _, _, _) => -EIO });
        int copy = process.Dup(fd);
        process.Ioctl(fd, Fioclex);
        Assert.Equal((1, 0), (process.Fcntl(fd, FcntlCommand.GetFd), process.Fcntl(copy, FcntlCommand.GetFd)));
        process.Ioctl(fd, Fionclex);
        Assert.Equal(0, process.Fcntl(fd, FcntlCommand.GetFd));
    }

    [Fact]
    public void How_much_is_left_the_kernel_says_of_files_and_the_driver_of_its_device()
    {
        Kernel kernel = Boot();
        (UserProcess process, int device) = TestDriver.Open(kernel, new FileOperations { Ioctl = (_, _, command, _) => (long)command });
        int file = process.Open("/tmp/f", OpenFlags.ReadWrite | OpenFlags.Create), directory = process.Open("/tmp");
        process.Write(file, new byte[5000]);
        process.Lseek(file, 100);
        UserVirtualAddress answer = process.Buffer(new byte[8]);
        Assert.Equal(0, process.Ioctl(file, Fionread, answer));
        Assert.Equal(4900, process.Load<int>(answer));
        process.Lseek(file, 5001);
        process.Ioctl(file, Fionread, answer);
        Assert.Equal(-1, process.Load<int>(answer));
        process.Ioctl(file, Fioqsize, answer);
        Assert.Equal(8192, process.Load<long>(answer));
        process.Ioctl(directory, Fioqsize, answer);
        Assert.Equal(process.Fstat(directory).StBlocks * 512, process.Load<long>(answer));
        Expect.Errno(EFAULT, () => process.Ioctl(file, Fionread, new UserVirtualAddress(8)));
        Expect.Errno(EFAULT, () => process.Ioctl(file, Fioqsize, new UserVirtualAddress(ulong.MaxValue)));
        Expect.Errno(ENOTTY, () => process.Ioctl(directory, Fionread, answer));
        Expect.Errno(ENOTTY, () => process.Ioctl(device, Fioqsize, answer));
        Assert.Equal(Fionread, process.Ioctl(device, Fionread, answer));
    }

    [Fact]
    public void Other_commands_of_that_range_are_the_drivers()
    {
        (UserProcess process, int fd) = TestDriver.Open(Boot(), new FileOperations { Ioctl = (_, _, command, _) => (long)command });
        foreach (uint command in new uint[] { 0x5401, 0x54FF, 0, 0x10000 | Fionbio, Ior<int>('T', 0x21) & int.MaxValue })
            Assert.Equal(command, process.Ioctl(fd, command));
    }

    [System.Runtime.CompilerServices.InlineArray(8192)]
    private struct Large
    {
        public byte First;
    }

    [System.Runtime.CompilerServices.InlineArray(16384)]
    private struct TooLarge
    {
        public byte First;
    }
}
