using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Random programs that write, cut, map, sync, fork and forget files, against a model that knows bytes and nothing of pages in memory.</summary>
public sealed class RandomFileTests : KernelTest
{
    private const int PageBytes = 4096;
    private const int MaxPages = 6;
    private const int Steps = 1200;

    public static TheoryData<Architecture, ulong> Programs
    {
        get
        {
            var programs = new TheoryData<Architecture, ulong>();
            foreach (Architecture architecture in Enum.GetValues<Architecture>())
            {
                for (ulong seed = 1; seed <= 4; seed++)
                    programs.Add(architecture, seed);
            }

            return programs;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void Files_and_their_mappings_hold_what_a_plain_model_holds(Architecture architecture, ulong seed)
    {
        Kernel kernel = Boot(architecture);
        string before = kernel.Buddyinfo();
        var program = new Program(kernel, new SeededRandom(seed));
        for (int step = 0; step < Steps; step++)
        {
            program.Step();
            if (step % 100 == 0)
                Audit.AddressSpaces(kernel);
        }

        program.Finish();
        Assert.Equal((0ul, 0ul), ((ulong)kernel.Memory.VmStat[ZoneStat.FilePages], (ulong)kernel.Memory.VmStat[ZoneStat.Dirty]));
        Assert.Equal(0ul, kernel.VirtualMemory.Overcommit.Committed);
        Assert.Equal(before, kernel.Buddyinfo());
    }

    /// <summary>A file: its bytes, and what the disk has of them.</summary>
    private sealed class ModelFile(string name)
    {
        public string? Name { get; set; } = name;

        public byte[] Bytes { get; private set; } = [];

        public byte[] Disk { get; private set; } = [];

        public int Pages => (Bytes.Length + PageBytes - 1) / PageBytes;

        public List<ModelMap> Maps { get; } = [];

        public void Write(int offset, ReadOnlySpan<byte> data)
        {
            byte[] bytes = Bytes;
            if (data.Length > 0 && offset + data.Length > bytes.Length)
                Array.Resize(ref bytes, offset + data.Length);
            data.CopyTo(bytes.AsSpan(Math.Min(offset, bytes.Length)));
            Bytes = bytes;
        }

        public void Truncate(int size)
        {
            Bytes = Sized(Bytes, size);
            Disk = Sized(Disk, Math.Min(size, Disk.Length));
            foreach (ModelMap map in Maps)
            {
                foreach (int page in map.Own.Keys.Where(page => page >= Pages).ToArray())
                    map.Own.Remove(page);
            }
        }

        public void Sync() => Disk = Bytes.ToArray();

        /// <summary>A page of the file, zeros behind the end.</summary>
        public byte[] Page(int page) => Sized(Bytes[Math.Min(page * PageBytes, Bytes.Length)..Math.Min((page + 1) * PageBytes, Bytes.Length)], PageBytes);

        private static byte[] Sized(byte[] bytes, int size)
        {
            Array.Resize(ref bytes, size);
            return bytes;
        }
    }

    /// <summary>A mapping of a whole file and some pages more; pages of the file that a private one has copied.</summary>
    private sealed record ModelMap(UserProcess Process, UserVirtualAddress Address, ModelFile File, int First, int Count, bool Shared)
    {
        public Dictionary<int, byte[]> Own { get; init; } = [];
    }

    private sealed class Program
    {
        private readonly Kernel _kernel;
        private readonly SeededRandom _random;
        private readonly List<ModelFile> _files = [];
        private readonly List<UserProcess> _processes = [];
        private int _names;

        public Program(Kernel kernel, SeededRandom random)
        {
            _kernel = kernel;
            _random = random;
            _processes.Add(kernel.CreateProcess("p"));
        }

        public void Step()
        {
            if (_files.Count < 2)
                _files.Add(Make());
            ModelFile file = _files[Next(_files.Count)];
            UserProcess process = _processes[Next(_processes.Count)];
            switch (Next(14))
            {
                case 0 or 1 when file.Name is { } name:
                    Write(process, name, file);
                    break;
                case 2 when file.Name is { } name:
                    int size = Next(MaxPages * PageBytes);
                    process.Truncate(name, size);
                    file.Truncate(size);
                    break;
                case 3 when file.Name is { } name:
                    Compare(process, name, file);
                    break;
                case 4 when file.Name is { } name && file.Maps.Count < 6:
                    Map(process, name, file);
                    break;
                case 5 when file.Maps.Count > 0 && Next(2) == 0:
                    Unmap(file.Maps[Next(file.Maps.Count)]);
                    break;
                case 6 when file.Name is { } name:
                    int fd = process.Open(name);
                    process.Fsync(fd);
                    process.Close(fd);
                    file.Sync();
                    Assert.Equal(file.Disk, _kernel.ReadDisk(name));
                    break;
                case 7 when Next(4) == 0:
                    process.Sync();
                    foreach (ModelFile each in _files)
                        each.Sync();
                    break;
                case 8:
                    _kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
                    break;
                case 9 when file.Name is { } name && Next(6) == 0:
                    process.Unlink(name);
                    file.Name = null;
                    break;
                case 10 when Next(4) == 0:
                    ForkOrExit(process);
                    break;
                default:
                    if (file.Maps.Count > 0)
                        Touch(file.Maps[Next(file.Maps.Count)]);
                    break;
            }

            _files.RemoveAll(gone => gone is { Name: null, Maps.Count: 0 });
        }

        public void Finish()
        {
            foreach (ModelFile file in _files.Where(file => file.Name is not null))
            {
                Compare(_processes[0], file.Name!, file);
                _processes[0].Unlink(file.Name!);
            }

            foreach (UserProcess process in _processes)
                process.Exit();
        }

        private int Next(int bound) => (int)_random.Next((ulong)bound);

        private ModelFile Make()
        {
            string name = $"/tmp/{_names++}";
            UserProcess process = _processes[0];
            process.Close(process.Open(name, OpenFlags.Create | OpenFlags.Exclusive));
            return new ModelFile(name);
        }

        private void Write(UserProcess process, string name, ModelFile file)
        {
            byte[] data = new byte[Next(2 * PageBytes)];
            Array.Fill(data, (byte)(1 + Next(255)));
            bool append = Next(4) == 0 && file.Bytes.Length + data.Length < MaxPages * PageBytes;
            int offset = append ? file.Bytes.Length : Next((MaxPages - 2) * PageBytes);
            int fd = process.Open(name, OpenFlags.WriteOnly | (append ? OpenFlags.Append : 0));
            if (!append)
                process.Lseek(fd, offset);
            Assert.Equal(data.Length, process.Write(fd, data));
            process.Close(fd);
            file.Write(offset, data);
        }

        private void Compare(UserProcess process, string name, ModelFile file)
        {
            int fd = process.Open(name);
            byte[] contents = new byte[MaxPages * PageBytes];
            int offset = Next(file.Bytes.Length + 100);
            process.Lseek(fd, offset);
            int read = process.Read(fd, contents);
            Assert.Equal(file.Bytes.AsSpan(Math.Min(offset, file.Bytes.Length)), contents.AsSpan(0, read));
            Assert.Equal(file.Bytes.Length, process.Fstat(fd).StSize);
            process.Close(fd);
            Assert.Equal(file.Disk, _kernel.ReadDisk(name));
        }

        private void Map(UserProcess process, string name, ModelFile file)
        {
            int first = Next(3), count = 1 + Next(MaxPages);
            bool shared = Next(2) == 0;
            int fd = process.Open(name, OpenFlags.ReadWrite);
            UserVirtualAddress address = process.Mmap(
                default, (ulong)(count * PageBytes), Protection.Read | Protection.Write, shared ? MapFlags.Shared : MapFlags.Private, fd, (ulong)(first * PageBytes));
            process.Close(fd);
            file.Maps.Add(new(process, address, file, first, count, shared));
        }

        private static void Unmap(ModelMap map)
        {
            map.Process.Munmap(map.Address, (ulong)(map.Count * PageBytes));
            map.File.Maps.Remove(map);
        }

        private void Touch(ModelMap map)
        {
            int page = map.First + Next(map.Count), offset = Next(PageBytes);
            UserVirtualAddress address = map.Address + (ulong)((page - map.First) * PageBytes + offset);
            bool store = Next(2) == 0;
            if (page >= map.File.Pages)
            {
                Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, address, () =>
                {
                    if (store)
                        map.Process.Store<byte>(address, 1);
                    else
                        map.Process.Load<byte>(address);
                });
                return;
            }

            int inFile = page * PageBytes + offset;
            byte value = (byte)(1 + Next(255));
            if (!map.Shared && store)
            {
                if (!map.Own.TryGetValue(page, out byte[]? own))
                    map.Own[page] = own = map.File.Page(page);
                map.Process.Store(address, value);
                own[offset] = value;
            }
            else if (store && inFile < map.File.Bytes.Length)
            {
                map.Process.Store(address, value);
                map.File.Bytes[inFile] = value;
            }

            byte expected = map.Own.TryGetValue(page, out byte[]? copy) ? copy[offset] : map.File.Page(page)[offset];
            Assert.Equal(expected, map.Process.Load<byte>(address));
        }

        private void ForkOrExit(UserProcess process)
        {
            if (_processes.Count < 4)
            {
                UserProcess child = process.Fork();
                _processes.Add(child);
                foreach (ModelMap map in _files.SelectMany(file => file.Maps).Where(map => map.Process == process).ToArray())
                    map.File.Maps.Add(map with { Process = child, Own = map.Own.ToDictionary(own => own.Key, own => own.Value.ToArray()) });
                return;
            }

            process.Exit();
            _processes.Remove(process);
            foreach (ModelFile file in _files)
                file.Maps.RemoveAll(map => map.Process == process);
        }
    }
}
