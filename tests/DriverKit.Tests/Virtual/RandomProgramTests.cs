using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Random programs of mmap, munmap, mprotect, brk, fork, loads, stores and exit, against a model that knows pages and bytes and nothing else.</summary>
public sealed class RandomProgramTests : KernelTest
{
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
    public void A_random_program_sees_its_bytes_and_leaves_no_page_behind(Architecture architecture, ulong seed)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = seed % 2 == 0 ? 1.GiB() : 64.MiB(), Architecture = architecture });
        ulong bare = kernel.FreePages();
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        string before = kernel.Buddyinfo();
        var program = new Program(kernel, driver, new SeededRandom(seed));
        program.Run(2500);
        program.Finish();
        Assert.Equal(0, driver.LiveAreas);
        Assert.Equal(0, driver.RefCount);
        Assert.All(driver.Pages, page => Assert.Equal((1, 0), (page.Count, page.Mapcount)));
        Assert.Equal(before, kernel.Buddyinfo());
        kernel.RemoveModule(driver);
        Assert.Equal(bare, kernel.FreePages());
        Assert.False(kernel.IsTainted);
    }

    /// <summary>The words of a page that are looked at; 8 of them, spread over the page.</summary>
    private sealed class Words
    {
        private readonly ulong[] _words = new ulong[Slots];

        public const int Slots = 8;

        public ref ulong this[int slot] => ref _words[slot];

        public static ulong Offset(int slot) => (ulong)slot * 520;

        public Words Clone()
        {
            var copy = new Words();
            _words.CopyTo(copy._words, 0);
            return copy;
        }
    }

    /// <summary>A page of a process: what it allows, what lies behind it, and the private copy once there is one.</summary>
    private sealed record ModelPage(Protection Protection, bool Shared, Words? Behind, bool Hole)
    {
        public Words? Own { get; set; }

        public ModelPage Forked() => this with { Own = Own?.Clone() };

        public ModelPage Allowing(Protection protection) => this with { Protection = protection };
    }

    private sealed class ModelProcess(UserProcess process)
    {
        public UserProcess Process { get; } = process;

        public SortedDictionary<ulong, ModelPage> Pages { get; } = [];

        public ulong HeapPages { get; set; }
    }

    private sealed class Program
    {
        /// <summary>The window of fixed addresses lies across a border of page tables in all formats.</summary>
        private const ulong Window = (0x4000_0000 >> 12) - 64;
        private const ulong WindowPages = 128;

        private static readonly Protection[] Protections =
            [Protection.None, Protection.Read, Protection.Read | Protection.Write, Protection.Read | Protection.Write, Protection.Write, Protection.Read | Protection.Exec, Protection.Exec];

        private readonly Kernel _kernel;
        private readonly PagesDriver _driver;
        private readonly SeededRandom _random;
        private readonly List<ModelProcess> _processes = [];
        private readonly Words[] _device;
        private readonly int[] _fds = new int[3];

        public Program(Kernel kernel, PagesDriver driver, SeededRandom random)
        {
            _kernel = kernel;
            _driver = driver;
            _random = random;
            _device = [.. driver.Pages.Select(_ => new Words())];
            UserProcess first = kernel.CreateProcess("program");
            string[] nodes = ["/dev/nopage", "/dev/remap", "/dev/insert"];
            for (int i = 0; i < nodes.Length; i++)
                _fds[i] = first.Open(nodes[i], OpenFlags.ReadWrite);
            _processes.Add(new ModelProcess(first));
        }

        public void Run(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                ModelProcess process = _processes[(int)_random.Next((ulong)_processes.Count)];
                switch (_random.Next(100))
                {
                    case < 12: MapAnonymous(process); break;
                    case < 22: MapDevice(process); break;
                    case < 34: Unmap(process); break;
                    case < 44: Protect(process); break;
                    case < 48: MoveBrk(process); break;
                    case < 50 when _processes.Count < 4: Fork(process); break;
                    case < 51 when _processes.Count > 1: Exit(process); break;
                    default: Touch(process); break;
                }

                if (step % 20 == 0)
                {
                    Audit.AddressSpaces(_kernel);
                    _processes.ForEach(CheckAreas);
                }
            }
        }

        public void Finish()
        {
            foreach (ModelProcess process in _processes)
            {
                foreach (ulong page in process.Pages.Keys)
                {
                    for (int slot = 0; slot < Words.Slots; slot++)
                        Load(process, page, slot);
                }
            }

            Audit.AddressSpaces(_kernel);
            while (_processes.Count > 0)
                Exit(_processes[0]);
        }

        private static UserVirtualAddress Address(ulong page) => new(page << PageShift);

        private void MapAnonymous(ModelProcess process)
        {
            ulong pages = 1 + _random.Next(24);
            Protection protection = Protections[_random.Next((ulong)Protections.Length)];
            bool shared = _random.Next(3) == 0;
            ulong start = Map(process, pages, protection, shared, -1, 0);
            for (ulong i = 0; i < pages; i++)
                process.Pages[start + i] = new ModelPage(protection, shared, shared ? new Words() : null, false);
        }

        private void MapDevice(ModelProcess process)
        {
            int kind = (int)_random.Next(3);
            ulong pages = 1 + _random.Next(12), pgoff = _random.Next(_driver.Count);
            Protection protection = Protections[_random.Next((ulong)Protections.Length)];
            bool shared = _random.Next(2) == 0;
            if (kind > 0 && pgoff + pages > _driver.Count)
                pages = _driver.Count - pgoff;
            ulong start = Map(process, pages, protection, shared, _fds[kind], pgoff);
            for (ulong i = 0; i < pages; i++)
            {
                bool hole = pgoff + i >= _driver.Count;
                process.Pages[start + i] = new ModelPage(protection, shared, hole ? null : _device[pgoff + i], hole);
            }
        }

        private ulong Map(ModelProcess process, ulong pages, Protection protection, bool shared, int fd, ulong pgoff)
        {
            MapFlags flags = (shared ? MapFlags.Shared : MapFlags.Private) | (fd < 0 ? MapFlags.Anonymous : 0);
            bool isFixed = _random.Next(4) > 0;
            ulong start = isFixed || _random.Next(2) == 0 ? Window + _random.Next(WindowPages - pages) : 0;
            ulong got = process.Process.Mmap(Address(start), pages << PageShift, protection, isFixed ? flags | MapFlags.Fixed : flags, fd, pgoff << PageShift).Value >> PageShift;
            if (isFixed)
                Assert.Equal(start, got);
            else
                Assert.DoesNotContain(Enumerable.Range(0, (int)pages), i => process.Pages.ContainsKey(got + (ulong)i));
            return got;
        }

        private void Unmap(ModelProcess process)
        {
            (ulong start, ulong pages) = SomeRange(process);
            process.Process.Munmap(Address(start), (pages << PageShift) - _random.Next(4096));
            for (ulong i = 0; i < pages; i++)
                process.Pages.Remove(start + i);
        }

        private void Protect(ModelProcess process)
        {
            (ulong start, ulong pages) = SomeRange(process);
            Protection protection = Protections[_random.Next((ulong)Protections.Length)];
            ulong end = start;
            while (end < start + pages && process.Pages.TryGetValue(end, out ModelPage? page))
                process.Pages[end++] = page.Allowing(protection);
            void Call() => process.Process.Mprotect(Address(start), pages << PageShift, protection);
            if (end == start + pages)
                Call();
            else
                Expect.Errno(ENOMEM, Call);
        }

        private void MoveBrk(ModelProcess process)
        {
            ulong heap = process.Process.Mm.StartBrk.Value >> PageShift, pages = _random.Next(40);
            UserVirtualAddress end = Address(heap + pages);
            if (pages > 0)
                end -= _random.Next(4096);
            Assert.Equal(end, process.Process.Brk(end));
            for (ulong i = pages; i < process.HeapPages; i++)
                process.Pages.Remove(heap + i);
            for (ulong i = process.HeapPages; i < pages; i++)
                process.Pages[heap + i] = new ModelPage(Protection.Read | Protection.Write, false, null, false);
            process.HeapPages = pages;
        }

        private void Fork(ModelProcess parent)
        {
            var child = new ModelProcess(parent.Process.Fork()) { HeapPages = parent.HeapPages };
            foreach ((ulong page, ModelPage model) in parent.Pages)
                child.Pages.Add(page, model.Forked());
            _processes.Add(child);
        }

        private void Exit(ModelProcess process)
        {
            process.Process.Exit();
            _processes.Remove(process);
        }

        private void Touch(ModelProcess process)
        {
            for (int i = 0; i < 6; i++)
            {
                ulong page = _random.Next(8) == 0 || process.Pages.Count == 0 ? Window + _random.Next(WindowPages) : SomePage(process);
                int slot = (int)_random.Next(Words.Slots);
                if (_random.Next(2) == 0)
                    Load(process, page, slot);
                else
                    Store(process, page, slot);
            }
        }

        private static void Load(ModelProcess process, ulong page, int slot)
        {
            UserVirtualAddress address = Address(page) + Words.Offset(slot);
            if (!process.Pages.TryGetValue(page, out ModelPage? model))
                Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, address, () => process.Process.Load<ulong>(address));
            else if (model.Protection == Protection.None)
                Expect.Signal(Signal.SIGSEGV, SignalCode.ACCERR, address, () => process.Process.Load<ulong>(address));
            else if (model is { Hole: true, Own: null })
                Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, address, () => process.Process.Load<ulong>(address));
            else
                Assert.Equal((model.Own ?? model.Behind)?[slot] ?? 0, process.Process.Load<ulong>(address));
        }

        private void Store(ModelProcess process, ulong page, int slot)
        {
            UserVirtualAddress address = Address(page) + Words.Offset(slot);
            ulong value = _random.Next();
            if (!process.Pages.TryGetValue(page, out ModelPage? model))
            {
                Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, address, () => process.Process.Store(address, value));
            }
            else if ((model.Protection & Protection.Write) == 0)
            {
                Expect.Signal(Signal.SIGSEGV, SignalCode.ACCERR, address, () => process.Process.Store(address, value));
            }
            else if (model is { Hole: true, Own: null })
            {
                Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, address, () => process.Process.Store(address, value));
            }
            else
            {
                process.Process.Store(address, value);
                if (model.Shared)
                    model.Behind![slot] = value;
                else
                    (model.Own ??= model.Behind?.Clone() ?? new Words())[slot] = value;
            }
        }

        /// <summary>The areas cover exactly the model's pages and the stack, with the model's protection.</summary>
        private static void CheckAreas(ModelProcess process)
        {
            int pages = 0;
            foreach (VmAreaStruct vma in process.Process.Mm.Mmap)
            {
                if ((vma.VmFlags & VmFlags.GrowsDown) != 0)
                    continue;
                for (ulong page = vma.VmStart.Value >> PageShift; page < vma.VmEnd.Value >> PageShift; page++, pages++)
                {
                    Assert.True(process.Pages.TryGetValue(page, out ModelPage? model), $"{vma}");
                    Assert.Equal(model.Protection, (Protection)((int)vma.VmFlags & 7));
                    Assert.Equal(model.Shared, (vma.VmFlags & VmFlags.MayShare) != 0);
                }
            }

            Assert.Equal(process.Pages.Count, pages);
            Assert.Equal((ulong)process.Pages.Values.Count(page => page.Own is not null), process.Process.Mm.AnonRss);
        }

        private ulong SomePage(ModelProcess process)
        {
            ulong at = process.Pages.Keys.First() + _random.Next(process.Pages.Keys.Last() - process.Pages.Keys.First() + 1);
            return _random.Next(2) == 0 ? Window + _random.Next(WindowPages) : process.Pages.ContainsKey(at) ? at : process.Pages.Keys.ElementAt((int)_random.Next((ulong)process.Pages.Count));
        }

        /// <summary>A range in the window, or around a page that is mapped, but not in the heap.</summary>
        private (ulong Start, ulong Pages) SomeRange(ModelProcess process)
        {
            ulong start = Window + _random.Next(WindowPages);
            if (_random.Next(3) == 0 && process.Pages.Count > 0 && process.Pages.Keys.Last() > Window)
                start = process.Pages.Keys.Last() - _random.Next(6);
            return (start, 1 + _random.Next(20));
        }
    }
}
