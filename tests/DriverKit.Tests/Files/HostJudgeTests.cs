using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The same random calls on files and names, by a simulated process and by the host's kernel: every result and every errno must agree.</summary>
public sealed partial class HostJudgeTests : KernelTest
{
    private const int Steps = 1500;

    [HostLinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Every_call_returns_what_the_hosts_kernel_returns(ulong seed)
    {
        Kernel kernel = Boot(Architecture.X8664);
        string directory = Directory.CreateTempSubdirectory("driverkit").FullName;
        UserProcess process = kernel.CreateProcess("p");
        process.Mkdir("/tmp/judge");
        var memory = new JudgedMemory(process);
        var trial = new Trial(process, memory, directory, new SeededRandom(seed));
        try
        {
            for (int step = 0; step < Steps; step++)
                trial.Step();
            trial.CompareTrees("");
        }
        finally
        {
            trial.Finish();
            Directory.Delete(directory, recursive: true);
        }

        Assert.InRange(trial.Succeeded, Steps / 10, Steps);
        process.Sync();
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        Assert.Equal(0ul, (ulong)kernel.Memory.VmStat[ZoneStat.FilePages]);
    }

    private sealed partial class Trial(UserProcess process, JudgedMemory memory, string hostRoot, SeededRandom random)
    {
        private const string ModelRoot = "/tmp/judge";
        private const int MaxOpen = 6;

        /// <summary>So many of the paths have nothing odd about them.</summary>
        private const ulong PlainPaths = 11;

        private static readonly string[] Paths =
        [
            "/a", "/b", "/c", "/d", "/d/a", "/d/b", "/d/e", "/d/e/a", "/d/e/b", "/e", "/e/a",
            "/a/", "/d/", "/d/e/", "/e//", "/d/.", "/d/..", "/.", "/d/e/..", "/d/../a", "/./d/./a", "/e/../d/e/../b",
            "/a/a", "/a/.", "/a/..", "/nothing/a", "/d/nothing/../a", "/" + new string('x', 255), "/" + new string('x', 256), "/é" + new string('é', 127),
            "/" + new string('y', 256) + "/a", "/" + new string('z', 4200),
        ];

        private static readonly OpenFlags[] Extras =
        [
            OpenFlags.Create, OpenFlags.Exclusive, OpenFlags.Truncate, OpenFlags.Append, OpenFlags.Directory, OpenFlags.NoFollow, OpenFlags.CloseOnExec, OpenFlags.LargeFile,
        ];

        private readonly List<(int Model, int Host)> _open = [];

        /// <summary>Calls that did not fail, so that agreement means something.</summary>
        public int Succeeded { get; private set; }

        public void Step()
        {
            switch (random.Next(16))
            {
                case 0 or 1 or 2:
                    OpenOne();
                    break;
                case 3:
                    string made = Path();
                    Compare($"mkdir {made}", () => process.Mkdir(ModelRoot + made), HostLibc.Mkdir(hostRoot + made));
                    break;
                case 4:
                    string removed = Path();
                    Compare($"rmdir {removed}", () => process.Rmdir(ModelRoot + removed), HostLibc.Rmdir(hostRoot + removed));
                    break;
                case 5:
                    string gone = Path();
                    Compare($"unlink {gone}", () => process.Unlink(ModelRoot + gone), HostLibc.Unlink(hostRoot + gone));
                    break;
                case 6:
                    string old = Path(), link = Path();
                    Compare($"link {old} {link}", () => process.Link(ModelRoot + old, ModelRoot + link), HostLibc.Link(hostRoot + old, hostRoot + link));
                    break;
                case 7 or 8:
                    string from = Path(), to = Path();
                    Compare($"rename {from} {to}", () => process.Rename(ModelRoot + from, ModelRoot + to), HostLibc.Rename(hostRoot + from, hostRoot + to));
                    break;
                case 9:
                    string cut = Path();
                    long length = (long)random.Next(20_000) - 100;
                    Compare($"truncate {cut} {length}", () => process.Truncate(ModelRoot + cut, length), HostLibc.Truncate(hostRoot + cut, length));
                    break;
                case 10:
                    CompareStatus(Path());
                    break;
                default:
                    UseOne();
                    break;
            }
        }

        public void CompareTrees(string path)
        {
            int fd = process.Open(ModelRoot + path + "/");
            string[] model = [.. process.Getdents(fd).Select(entry => entry.DName).Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal)];
            Assert.Empty(process.Getdents(fd));
            process.Close(fd);
            Assert.Equal(Directory.GetFileSystemEntries(hostRoot + path).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal), model);
            foreach (string name in model)
            {
                CompareStatus($"{path}/{name}");
                if (Directory.Exists($"{hostRoot}{path}/{name}"))
                    CompareTrees($"{path}/{name}");
            }
        }

        public void Finish()
        {
            foreach ((int model, int host) in _open)
            {
                process.Close(model);
                HostLibc.Close(host);
            }
        }

        private void OpenOne()
        {
            string path = Path();
            OpenFlags flags = (OpenFlags)random.Next(4);
            foreach (OpenFlags extra in Extras)
                flags |= random.Next(extra == OpenFlags.Create ? 2ul : 4) == 0 ? extra : 0;

            // Since 6.4 the two together are EINVAL, before that they were not.
            if ((flags & OpenFlags.Create) != 0)
                flags &= ~OpenFlags.Directory;
            long host = HostLibc.Open(hostRoot + path, flags, 0x1B6);
            long model = Try(() => process.Open(ModelRoot + path, flags));
            Assert.True(host < 0 == model < 0 && (host >= 0 || host == model), $"open {path} {flags}: {model} here, {host} on the host");
            if (host < 0)
                return;
            _open.Add(((int)model, (int)host));
            if (_open.Count > MaxOpen)
                CloseOne(0);
        }

        private void UseOne()
        {
            if (_open.Count == 0)
                return;
            int index = (int)random.Next((ulong)_open.Count);
            (int model, int host) = _open[index];
            long number = (long)random.Next(12_000) - 50;
            switch (random.Next(12))
            {
                case 0:
                    CloseOne(index);
                    break;
                case 1:
                    Compare($"ftruncate {number}", () => process.Ftruncate(model, number), HostLibc.Ftruncate(host, number));
                    break;
                case 2 or 3 when !IsDirectory(model):
                    var whence = (SeekWhence)random.Next(3);
                    long offset = random.Next(2) == 0 ? number : -number;
                    Compare($"lseek {offset} {whence}", () => process.Lseek(model, offset, whence), HostLibc.Lseek(host, offset, whence));
                    break;
                case 4:
                    CompareStatus(model, host);
                    break;
                case 5:
                    byte[] here = new byte[Math.Max(number, 0)], there = new byte[here.Length];
                    Compare($"read {here.Length}", () => process.Read(model, here), HostLibc.Read(host, there));
                    Assert.Equal(there, here);
                    break;
                case 6:
                    long second = HostLibc.Dup(host);
                    Assert.True(second >= 0);
                    _open.Add((process.Dup(model), (int)second));
                    if (_open.Count > MaxOpen)
                        CloseOne(0);
                    break;
                case 7 or 8:
                    CompareVectors(model, host, number);
                    break;
                case 9:
                    CompareDescriptor(model, host);
                    break;
                case 10:
                    CompareIoctl(model, host);
                    break;
                default:
                    byte[] data = new byte[Math.Max(number, 0)];
                    Array.Fill(data, (byte)(1 + random.Next(255)));
                    Compare($"write {data.Length}", () => process.Write(model, data), HostLibc.Write(host, data));
                    break;
            }
        }

        private bool IsDirectory(int fd) => process.Fstat(fd).IsDirectory;

        private void CloseOne(int index)
        {
            (int model, int host) = _open[index];
            _open.RemoveAt(index);
            Compare("close", () => process.Close(model), HostLibc.Close(host));
        }

        private void CompareStatus(string path)
        {
            FileStatus model = default;
            (long result, HostStatus status) = HostLibc.Stat(hostRoot + path);
            Compare($"stat {path}", () => model = process.Stat(ModelRoot + path), result);
            Assert.Equal(status.Comparable, Of(model));
        }

        private void CompareStatus(int fd, int hostFd)
        {
            (long result, HostStatus status) = HostLibc.Fstat(hostFd);
            Assert.Equal(0, result);
            Assert.Equal(status.Comparable, Of(process.Fstat(fd)));
        }

        private static HostStatus Of(FileStatus status) => new HostStatus(status.StMode & 0xF000, status.StNlink, status.StSize).Comparable;

        private string Path() => Paths[random.Next(random.Next(3) == 0 ? (ulong)Paths.Length : PlainPaths)];

        private void Compare(string call, Action model, long host) => Compare(call, () =>
        {
            model();
            return 0;
        }, host);

        private void Compare(string call, Func<long> model, long host)
        {
            long result = Try(model);
            Assert.True(result == host, $"{call}: {result} here, {host} on the host");
            if (host >= 0)
                Succeeded++;
        }

        private void Compare(string call, Func<int> model, long host) => Compare(call, () => (long)model(), host);

        private static long Try(Func<long> call)
        {
            try
            {
                return call();
            }
            catch (SyscallException exception)
            {
                return -exception.Errno.Number;
            }
        }
    }
}
