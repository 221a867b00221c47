using DriverKit.Tests.Support;

namespace DriverKit.Tests.Fuzz;

/// <summary>System calls on files with arguments that make no sense: each fails with an errno or does something, and nothing breaks.</summary>
public sealed class FileNonsenseTests : KernelTest
{
    private const int Calls = 4000;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 3, 4095, 4096, 4097, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 44, ((long)uint.MaxValue << 12) - 1, (long)uint.MaxValue << 12, long.MaxValue, long.MinValue,
    ];

    private static readonly string[] Paths =
    [
        "", "/", ".", "..", "/tmp", "/tmp/a", "/tmp/b", "/tmp/d", "/tmp/d/a", "/tmp/d/", "//", "/proc/self/maps", "/proc/self/cmdline", "/proc/self/auxv", "/proc/self/oom_score_adj", "/proc/self", "/proc/sys/vm/swappiness", "/proc/sys/vm/drop_caches",
        "/dev", "/dev/nopage", "/proc/-1", "/proc/99999999999", "\0", "a\0b", "/tmp/\ud800", "/tmp/\n", "a/../../../tmp/d/.", new string('/', 5000), new string('n', 300),
    ];

    [Theory]
    [InlineData(Architecture.I386, 1)]
    [InlineData(Architecture.I386Pae, 2)]
    [InlineData(Architecture.X8664, 3)]
    public void Nonsense_is_refused_and_leaves_nothing_behind(Architecture architecture, ulong seed)
    {
        Kernel kernel = Boot(architecture);
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        string before = kernel.Buddyinfo();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress good = process.Mmap(default, 16384, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        var random = new SeededRandom(seed);
        int succeeded = 0, failed = 0;
        for (int i = 0; i < Calls; i++)
        {
            try
            {
                Call(process, good, random);
                succeeded++;
            }
            catch (SyscallException exception)
            {
                Assert.InRange(exception.Errno.Number, 1, 133);
                failed++;
            }
        }

        Assert.True(succeeded > Calls / 20 && failed > Calls / 20, $"{succeeded} calls went well, {failed} did not");
        Assert.False(kernel.IsTainted);
        Audit.AddressSpaces(kernel);
        process.Exit();
        RemoveAll(kernel);
        Assert.Equal(0, (int)kernel.Memory.VmStat[ZoneStat.FilePages]);
        Assert.Equal(before, kernel.Buddyinfo());
        Assert.Equal(0, driver.RefCount);
    }

    private static void Call(UserProcess process, UserVirtualAddress good, SeededRandom random)
    {
        long Number() => Numbers[random.Next((ulong)Numbers.Length)];
        string Path() => Paths[random.Next((ulong)Paths.Length)];
        int fd = random.Next(4) == 0 ? (int)Number() : (int)random.Next(12);
        UserVirtualAddress buffer = random.Next(3) == 0 ? new((ulong)Number()) : good;
        ulong count = random.Next(2) == 0 ? (ulong)Number() : random.Next(20_000);
        Iovec[] Vectors() => [.. Enumerable.Range(0, (int)random.Next(5)).Select(_ => new Iovec(random.Next(4) == 0 ? new((ulong)Number()) : good, random.Next(4) == 0 ? (ulong)Number() : random.Next(9000)))];
        switch (random.Next(28))
        {
            case 0 or 1 or 2:
                process.Open(Path(), (OpenFlags)((int)random.Next(0x100000) & (random.Next(3) == 0 ? -1 : 0x8C3)), (UnixFileMode)Number());
                break;
            case 3:
                process.Close(fd);
                break;
            case 4:
                process.Read(fd, buffer, count);
                break;
            case 5 or 6:
                process.Write(fd, buffer, count);
                break;
            case 7:
                process.Pread(fd, buffer, count, Number());
                break;
            case 8:
                process.Pwrite(fd, buffer, count, Number());
                break;
            case 9:
                process.Lseek(fd, Number(), (SeekWhence)random.Next(5));
                break;
            case 10:
                process.Ftruncate(fd, Number());
                break;
            case 11:
                process.Truncate(Path(), Number());
                break;
            case 12:
                process.Mkdir(Path(), (UnixFileMode)Number());
                break;
            case 13:
                process.Rmdir(Path());
                break;
            case 14:
                process.Unlink(Path());
                break;
            case 15:
                process.Link(Path(), Path());
                break;
            case 16:
                process.Rename(Path(), Path());
                break;
            case 17:
                process.Stat(Path());
                process.Fstat(fd);
                break;
            case 18:
                process.Chdir(Path());
                process.Getcwd();
                break;
            case 19:
                process.Dup2(fd, (int)Number());
                process.Dup(fd);
                break;
            case 20:
                process.Getdents(fd);
                break;
            case 21:
                process.Readv(fd, buffer, count);
                process.Preadv(fd, Vectors(), Number());
                break;
            case 22:
                process.Pwritev(fd, buffer, count, Number());
                break;
            case 23:
                process.Writev(fd, Vectors());
                break;
            case 24:
                process.Fcntl(fd, (FcntlCommand)random.Next(6), Number());
                process.Fcntl(fd, (FcntlCommand)Number(), Number());
                break;
            case 25:
                process.Dup3(fd, (int)Number(), random.Next(3) == 0 ? (OpenFlags)Number() : OpenFlags.CloseOnExec);
                break;
            case 26:
                uint[] commands = [Fionread, Fionbio, Fioclex, Fionclex, Fioqsize, (uint)Number()];
                process.Ioctl(fd, commands[random.Next((ulong)commands.Length)], buffer);
                break;
            default:
                process.Fsync(fd);
                break;
        }
    }

    /// <summary>What the calls have left in the tree, files first.</summary>
    private static void RemoveAll(Kernel kernel)
    {
        UserProcess cleaner = kernel.CreateProcess("rm");
        Remove("/");
        cleaner.Exit();

        void Remove(string directory)
        {
            int fd = cleaner.Open(directory);
            foreach (DirectoryEntry entry in cleaner.Getdents(fd))
            {
                string path = directory + entry.DName;
                if (entry.DType == InodeType.Regular)
                    cleaner.Unlink(path);
                else if (entry is { DType: InodeType.Directory, DName: not ("." or ".." or "proc" or "sys" or "dev") })
                    Remove(path + "/");
            }

            cleaner.Close(fd);
        }
    }
}
