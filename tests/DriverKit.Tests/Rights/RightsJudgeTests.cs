using DriverKit.Tests.Support;

namespace DriverKit.Tests.Rights;

/// <summary>The same random calls on files by root and by two other users, here and on the host's kernel: every result, errno, mode and owner must agree.</summary>
public sealed class RightsJudgeTests : KernelTest
{
    private const int Steps = 2000;

    /// <summary>No user of the host is likely to have these.</summary>
    private static readonly (uint Uid, uint Gid)[] Users = [(0, 0), (54_321, 54_321), (54_322, 54_321)];

    [HostRootTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_call_is_allowed_or_refused_as_on_the_host(ulong seed)
    {
        Kernel kernel = Boot(Architecture.X8664);
        string directory = Directory.CreateTempSubdirectory("driverkit").FullName;
        const UnixFileMode Everybody = (UnixFileMode)0x1FF;
        Assert.Equal(0, HostLibc.Chmod(directory, Everybody));
        UserProcess process = kernel.CreateProcess("p");
        process.Mkdir("/tmp/judge");
        process.Chmod("/tmp/judge", Everybody);
        process.Umask((UnixFileMode)Convert.ToInt32(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Umask:", StringComparison.Ordinal))[6..].Trim(), 8));
        var trial = new Trial(process, directory, new SeededRandom(seed));
        try
        {
            for (int step = 0; step < Steps; step++)
                trial.Step();
        }
        finally
        {
            HostLibc.SetFileUser(0, 0);
            Directory.Delete(directory, recursive: true);
        }

        Assert.InRange(trial.Succeeded, Steps / 10, Steps);
        Assert.InRange(trial.Refused, Steps / 20, Steps);
    }

    private sealed class Trial(UserProcess process, string hostRoot, SeededRandom random)
    {
        private const string ModelRoot = "/tmp/judge";

        private static readonly string[] Paths = ["/a", "/b", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/e", "/e/a", "/d/.", "/d/../a", "/e/", "/a/"];

        private static readonly OpenFlags[] Extras = [OpenFlags.Create, OpenFlags.Exclusive, OpenFlags.Truncate, OpenFlags.Directory];

        /// <summary>Whose turn it is.</summary>
        private (uint Uid, uint Gid) _user;

        public int Succeeded { get; private set; }

        public int Refused { get; private set; }

        public void Step()
        {
            Become(Users[random.Next((ulong)Users.Length)]);
            string path = Path();
            switch (random.Next(12))
            {
                case 0 or 1 or 2:
                    OpenOne(path);
                    break;
                case 3:
                    UnixFileMode made = Mode();
                    Compare($"mkdir {path}", () => process.Mkdir(ModelRoot + path, made), () => HostLibc.Mkdir(hostRoot + path, made));
                    break;
                case 4:
                    Compare($"rmdir {path}", () => process.Rmdir(ModelRoot + path), () => HostLibc.Rmdir(hostRoot + path));
                    break;
                case 5:
                    Compare($"unlink {path}", () => process.Unlink(ModelRoot + path), () => HostLibc.Unlink(hostRoot + path));
                    break;
                case 6 or 7:
                    string to = Path();
                    Compare($"rename {path} {to}", () => process.Rename(ModelRoot + path, ModelRoot + to), () => HostLibc.Rename(hostRoot + path, hostRoot + to));
                    break;
                case 8:
                    Compare($"truncate {path}", () => process.Truncate(ModelRoot + path, 10), () => HostLibc.Truncate(hostRoot + path, 10));
                    break;
                case 9 or 10:
                    UnixFileMode mode = Mode();
                    Compare($"chmod {path} {mode}", () => process.Chmod(ModelRoot + path, mode), () => HostLibc.Chmod(hostRoot + path, mode));
                    break;
                default:
                    uint? uid = random.Next(2) == 0 ? null : Users[random.Next(3)].Uid, gid = random.Next(2) == 0 ? null : Users[random.Next(3)].Gid;
                    Compare($"chown {path} {uid} {gid}", () => process.Chown(ModelRoot + path, uid, gid), () => HostLibc.Chown(hostRoot + path, uid, gid));
                    break;
            }

            Become(Users[random.Next((ulong)Users.Length)]);
            CompareStatus(path);
        }

        private void Become((uint Uid, uint Gid) user)
        {
            process.Seteuid(0);
            process.Setegid(user.Gid);
            process.Seteuid(user.Uid);
            _user = user;
        }

        private void OpenOne(string path)
        {
            OpenFlags flags = (OpenFlags)random.Next(4);
            foreach (OpenFlags extra in Extras)
                flags |= random.Next(extra == OpenFlags.Create ? 2ul : 6) == 0 ? extra : 0;
            if ((flags & OpenFlags.Create) != 0)
                flags &= ~OpenFlags.Directory;
            UnixFileMode mode = Mode();
            int model = -1;
            long host = -1;
            Compare($"open {path} {flags}", () => model = process.Open(ModelRoot + path, flags, mode), () => Math.Min(host = HostLibc.Open(hostRoot + path, flags, (int)mode), 0));
            if (host < 0)
                return;
            Compare($"write {path} {flags}", () => process.Write(model, "x"u8), () => Math.Min(HostLibc.Write((int)host, [0x78]), 0));
            process.Close(model);
            HostLibc.Close((int)host);
        }

        private void CompareStatus(string path)
        {
            FileStatus model = default;
            HostStatus host = default;
            Compare($"stat {path}", () => model = process.Stat(ModelRoot + path), () =>
            {
                (long result, host) = HostLibc.Stat(hostRoot + path);
                return result;
            });
            if (model.StNlink != 0)
                Assert.Equal(host.Rights, (model.StMode, model.StUid, model.StGid));
        }

        private void Compare(string call, Action model, Func<long> host)
        {
            long result = 0, expected;
            try
            {
                model();
            }
            catch (SyscallException exception)
            {
                result = -exception.Errno.Number;
            }

            // Only for this thread, and only for the call: what else runs here is root's.
            HostLibc.SetFileUser(_user.Uid, _user.Gid);
            expected = host();
            HostLibc.SetFileUser(0, 0);
            Assert.True(result == expected, $"{_user} {call}: {result} here, {expected} on the host");
            if (expected >= 0)
                Succeeded++;
            else if (-expected == EACCES.Number || -expected == EPERM.Number)
                Refused++;
        }

        private string Path() => Paths[random.Next((ulong)Paths.Length)];

        /// <summary>Mostly generous, or nothing would ever be done.</summary>
        private UnixFileMode Mode() => random.Next(3) == 0 ? (UnixFileMode)random.Next(0x1000) : (UnixFileMode)(0x1C0 | random.Next(0x1000));
    }
}
