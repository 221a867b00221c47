using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>A random program of several processes, files and a device, with the model of what each page must hold.</summary>
internal sealed class PressureProgram
{
    private const ulong Window = (0x4000_0000 >> 12) - 512;
    private const ulong WindowPages = 3072;
    private const ulong MaxFilePages = 5000;
    private const int MaxProcesses = 5;

    /// <summary>A page of each process for the buffers of system calls; the model does not know it.</summary>
    private const ulong Buffer = Window - 1000;

    private readonly Kernel _kernel;
    private readonly PagesDriver _driver;
    private readonly SeededRandom _random;
    private readonly List<PressureProcess> _processes = [];
    private readonly List<PressureFile> _files = [];
    private readonly List<HeldPage> _held = [];
    private readonly PressureFile _device;
    private int _fileNumber;

    public PressureProgram(Kernel kernel, PagesDriver driver, SeededRandom random)
    {
        _kernel = kernel;
        _driver = driver;
        _random = random;
        _device = new PressureFile("/dev/nopage", driver.Count << PageShift);
        NewProcess();
        NewProcess();
        NewFile();
        NewFile();
    }

    public void Run(int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            if (_processes.Count == 0)
                NewProcess();
            if (_processes.Count == 0)
                continue;
            PressureProcess process = Some(_processes);
            try
            {
                Step(process);
            }
            catch (SignalException killed) when (killed.Signal == Signal.SIGKILL)
            {
                Assert.False(process.Process.IsAlive);
            }

            _processes.RemoveAll(each => !each.Process.IsAlive);
            if (step % 8 == 0)
                MemoryAudit.Check(_kernel);
            CheckHeld();
        }
    }

    /// <summary>Looks at every page once more, and ends.</summary>
    public void Finish()
    {
        foreach (PressureProcess process in _processes.ToArray())
        {
            try
            {
                foreach ((ulong page, PressurePage model) in process.Pages)
                {
                    if (MayLoad(model))
                        Load(process, page, model, 0);
                }
            }
            catch (SignalException killed) when (killed.Signal == Signal.SIGKILL)
            {
            }
        }

        foreach (HeldPage held in _held)
            Release(held);
        foreach (PressureProcess process in _processes.Where(process => process.Process.IsAlive))
            process.Process.Exit();
        UserProcess sync = _kernel.CreateProcess("sync");
        sync.Sync();
        sync.Exit();
        foreach (PressureFile file in _files)
        {
            CheckDisk(file);
            _kernel.RemoveNode(file.Path);
        }
    }

    /// <summary>After sync() the disk has the whole file.</summary>
    private void CheckDisk(PressureFile file)
    {
        byte[] disk = _kernel.ReadDisk(file.Path);
        Assert.Equal(file.Size, (ulong)disk.Length);
        for (ulong at = 0; at < file.Size; at += PageSize)
        {
            for (int slot = 0; slot < PressureWords.Slots && at + PressureWords.Offset(slot) + sizeof(ulong) <= file.Size; slot++)
                Assert.Equal(file.Word(at >> PageShift, slot), BitConverter.ToUInt64(disk, (int)(at + PressureWords.Offset(slot))));
        }
    }

    private void Step(PressureProcess process)
    {
        switch (_random.Next(100))
        {
            case < 8: MapAnonymous(process); break;
            case < 16: MapFile(process, Some(_files)); break;
            case < 18: MapFile(process, _device); break;
            case < 23: Unmap(process); break;
            case < 27: Protect(process); break;
            case < 31: Fork(process); break;
            case < 33: Exit(process); break;
            case < 37: Remap(process); break;
            case < 41: Advise(process); break;
            case < 44: Lock(process); break;
            case < 50: Write(process, Some(_files)); break;
            case < 55: Read(process, Some(_files)); break;
            case < 58: Truncate(process, Some(_files)); break;
            case < 59: Unlink(Some(_files)); break;
            case < 61: Sync(process); break;
            case < 64: Hold(process); break;
            case < 66: NewProcess(); break;
            case < 68: _kernel.CompactMemory(); break;
            case < 70: _kernel.WriteFile("/proc/sys/vm/drop_caches", "1"); break;
            default: Touch(process); break;
        }
    }

    private static UserVirtualAddress Address(ulong page) => new(page << PageShift);

    private T Some<T>(List<T> list) => list[(int)_random.Next((ulong)list.Count)];

    private void NewProcess()
    {
        if (_processes.Count >= MaxProcesses)
            return;
        try
        {
            UserProcess process = _kernel.CreateProcess($"program{_fileNumber}");
            process.Mmap(Address(Buffer), PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
            _processes.Add(new PressureProcess(process));
        }
        catch (SyscallException error) when (error.Errno == ENOMEM)
        {
        }
        catch (SignalException killed) when (killed.Signal == Signal.SIGKILL)
        {
        }

        _processes.RemoveAll(each => !each.Process.IsAlive);
    }

    private void NewFile()
    {
        string path = $"/tmp/file{++_fileNumber}";
        _kernel.WriteFile(path, "");
        _files.Add(new PressureFile(path, 0));
    }

    private void MapAnonymous(PressureProcess process)
    {
        ulong pages = 1 + _random.Next(_random.Next(3) == 0 ? 1500ul : 100);
        bool shared = _random.Next(3) == 0;
        PressureFile? behind = shared ? new PressureFile("", pages << PageShift) : null;
        Map(process, pages, shared, behind, 0, -1);
    }

    private void MapFile(PressureProcess process, PressureFile file)
    {
        if (OpenOf(process, file) is not { } fd)
            return;
        ulong pages = 1 + _random.Next(file == _device ? 20ul : 1500), offset = _random.Next(file.Pages + 2);
        Map(process, pages, _random.Next(2) == 0, file, offset, fd);
    }

    private void Map(PressureProcess process, ulong pages, bool shared, PressureFile? behind, ulong offset, int fd)
    {
        Protection protection = _random.Next(5) == 0 ? Protection.Read : Protection.Read | Protection.Write;
        MapFlags flags = MapFlags.Fixed | (shared ? MapFlags.Shared : MapFlags.Private) | (fd < 0 ? MapFlags.Anonymous : 0);

        // Populating a private map copies its pages: then later writes to the file do not show.
        if ((shared || behind is null) && behind != _device && _random.Next(4) == 0)
            flags |= MapFlags.Populate;
        if (_random.Next(2) == 0)
            flags |= MapFlags.NoReserve;
        ulong start = Window + _random.Next(WindowPages - pages);
        for (ulong i = 0; i < pages; i++)
            process.Pages.Remove(start + i);
        if (Try(() => process.Process.Mmap(Address(start), pages << PageShift, protection, flags, fd, offset << PageShift)))
        {
            for (ulong i = 0; i < pages; i++)
                process.Pages[start + i] = new PressurePage(protection, shared, behind, offset + i);
        }
        else
        {
            process.Process.Munmap(Address(start), pages << PageShift);
        }
    }

    private void Unmap(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeRange(process);
        process.Process.Munmap(Address(start), pages << PageShift);
        for (ulong i = 0; i < pages; i++)
            process.Pages.Remove(start + i);
    }

    private void Protect(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeMapped(process);
        Protection protection = _random.Next(3) switch
        {
            0 => Protection.None,
            1 => Protection.Read,
            _ => Protection.Read | Protection.Write,
        };
        if (pages == 0 || !Try(() => process.Process.Mprotect(Address(start), pages << PageShift, protection)))
            return;
        for (ulong i = 0; i < pages; i++)
            process.Pages[start + i] = process.Pages[start + i] with { Protection = protection };
    }

    private void Fork(PressureProcess parent)
    {
        if (_processes.Count >= MaxProcesses)
            return;
        UserProcess? child = null;
        parent.Forks++;
        if (!Try(() => child = parent.Process.Fork()))
            return;
        var copy = new PressureProcess(child!);
        foreach ((ulong page, PressurePage model) in parent.Pages)
            copy.Pages.Add(page, model with { Own = model.Own?.Clone() });
        foreach ((PressureFile file, int fd) in parent.Fds)
            copy.Fds.Add(file, fd);
        _processes.Add(copy);
    }

    private void Exit(PressureProcess process)
    {
        if (_processes.Count > 1)
            process.Process.Exit();
    }

    /// <summary>Moves a range, or makes it smaller.</summary>
    private void Remap(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeMapped(process);
        if (pages == 0)
            return;
        if (_random.Next(4) == 0)
        {
            LeaveEmpty(process, start, pages);
            return;
        }

        ulong target = Window + _random.Next(WindowPages - pages);
        if (target < start + pages && start < target + pages)
            return;
        for (ulong i = 0; i < pages; i++)
            process.Pages.Remove(target + i);

        // The range may be several areas: they move one after the other, so an error leaves some here and some there. None can fail but for want of memory.
        if (!Try(() => process.Process.Mremap(Address(start), pages << PageShift, pages << PageShift, MremapFlags.MayMove | MremapFlags.Fixed, Address(target))))
        {
            ResolveMove(process, start, target, pages);
            return;
        }

        for (ulong i = 0; i < pages; i++)
        {
            process.Pages.Remove(start + i, out PressurePage? moved);
            process.Pages[target + i] = moved!;
        }
    }

    /// <summary>MREMAP_DONTUNMAP of private anonymous memory: the pages go, the area stays and reads as zero.</summary>
    private void LeaveEmpty(PressureProcess process, ulong start, ulong pages)
    {
        for (ulong i = 0; i < pages; i++)
        {
            if (process.Pages[start + i] is not { Behind: null })
                pages = i;
        }

        UserVirtualAddress moved = default;
        if (pages == 0 || !Try(() => moved = process.Process.Mremap(Address(start), pages << PageShift, pages << PageShift, MremapFlags.MayMove | MremapFlags.DontUnmap), EFAULT))
            return;
        ulong target = moved.Value >> PageShift;
        for (ulong i = 0; i < pages; i++)
        {
            process.Pages[target + i] = process.Pages[start + i];
            process.Pages[start + i] = process.Pages[start + i] with { Own = null };
        }
    }

    /// <summary>After a move that failed half-way the areas themselves say which pages have gone.</summary>
    private static void ResolveMove(PressureProcess process, ulong start, ulong target, ulong pages)
    {
        for (ulong i = 0; i < pages; i++)
        {
            UserVirtualAddress at = Address(start + i), there = Address(target + i);
            bool isHere = process.Process.Mm.FindVma(at) is { } vma && vma.VmStart <= at;
            bool isThere = process.Process.Mm.FindVma(there) is { } moved && moved.VmStart <= there;
            Assert.True(isHere != isThere, $"page {i} of the move is in {(isHere ? "both places" : "no place")}");
            if (isThere && process.Pages.Remove(start + i, out PressurePage? page))
                process.Pages[target + i] = page;
        }
    }

    private void Advise(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeMapped(process);
        if (pages == 0)
            return;
        if (_random.Next(2) == 0)
        {
            process.Process.Madvise(Address(start), pages << PageShift, MemoryAdvice.WillNeed);
            return;
        }

        if (!Try(() => process.Process.Madvise(Address(start), pages << PageShift, MemoryAdvice.DontNeed), EINVAL))
            return;
        for (ulong i = 0; i < pages; i++)
            process.Pages[start + i] = process.Pages[start + i] with { Own = null };
    }

    private void Lock(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeMapped(process);
        pages = Math.Min(pages, 100);
        for (ulong i = 0; i < pages; i++)
        {
            if (process.Pages[start + i] is { Shared: false, Behind: not null })
                return;
        }

        if (pages == 0)
            return;
        if (_random.Next(3) == 0)
            Try(() => process.Process.Mlock(Address(start), pages << PageShift), EAGAIN);
        Try(() => process.Process.Munlock(Address(start), pages << PageShift));
    }

    /// <summary>A page at a time, so that it is written whole or not at all.</summary>
    private void Write(PressureProcess process, PressureFile file)
    {
        if (OpenOf(process, file) is not { } fd)
            return;
        ulong first = _random.Next(Math.Min(file.Pages + 20, MaxFilePages)), pages = 1 + _random.Next(400);
        for (ulong page = first; page < Math.Min(first + pages, MaxFilePages); page++)
        {
            var words = new PressureWords();
            for (int slot = 0; slot < PressureWords.Slots; slot++)
            {
                words[slot] = _random.Next();
                process.Process.Store(Address(Buffer) + PressureWords.Offset(slot), words[slot]);
            }

            if (!Try(() => Assert.Equal((long)PageSize, process.Process.Pwrite(fd, Address(Buffer), PageSize, (long)(page << PageShift)))))
                return;
            file[page] = words;
            file.Size = Math.Max(file.Size, (page + 1) << PageShift);
        }
    }

    private void Read(PressureProcess process, PressureFile file)
    {
        if (OpenOf(process, file) is not { } fd)
            return;
        ulong first = _random.Next(file.Pages + 1), pages = 1 + _random.Next(1500);
        for (ulong page = first; page < Math.Min(first + pages, file.Pages); page++)
        {
            long expected = (long)Math.Min(PageSize, file.Size - (page << PageShift)), read = 0;
            if (!Try(() => read = process.Process.Pread(fd, Address(Buffer), PageSize, (long)(page << PageShift))))
                return;
            Assert.Equal(expected, read);
            int slot = (int)_random.Next(PressureWords.Slots);
            if ((long)PressureWords.Offset(slot) + sizeof(ulong) <= read)
                Assert.Equal(file.Word(page, slot), process.Process.Load<ulong>(Address(Buffer) + PressureWords.Offset(slot)));
        }
    }

    private void Truncate(PressureProcess process, PressureFile file)
    {
        if (OpenOf(process, file) is not { } fd)
            return;
        ulong size = _random.Next(3) == 0 ? _random.Next(MaxFilePages << PageShift) : _random.Next(file.Size + 1);
        size &= ~7ul;
        if (Try(() => process.Process.Ftruncate(fd, (long)size)))
            Cut(file, size);
    }

    private void Cut(PressureFile file, ulong size)
    {
        ulong first = (size + PageSize - 1) >> PageShift;
        if (size < file.Size)
        {
            foreach (PressureProcess process in _processes)
            {
                foreach (ulong page in process.Pages.Where(each => each.Value.Behind == file && each.Value.Index >= first).Select(each => each.Key).ToArray())
                    process.Pages[page] = process.Pages[page] with { Own = null };
            }
        }

        file.Resize(size);
    }

    private void Unlink(PressureFile file)
    {
        _kernel.RemoveNode(file.Path);
        file.IsUnlinked = true;
        _files.Remove(file);
        NewFileOrNone();
    }

    /// <summary>The host's own way to write needs a process, which may be killed for memory.</summary>
    private void NewFileOrNone()
    {
        while (true)
        {
            try
            {
                NewFile();
                return;
            }
            catch (Exception exception) when (exception is SyscallException || exception is SignalException { Signal: Signal.SIGKILL })
            {
            }
        }
    }

    private void Sync(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeMapped(process);
        if (pages != 0 && _random.Next(2) == 0)
            process.Process.Msync(Address(start), pages << PageShift, MsyncFlags.Sync);
        else
            process.Process.Sync();
    }

    /// <summary>A device holds a page of a process for a while, and writes to it.</summary>
    private void Hold(PressureProcess process)
    {
        if (_held.Count >= 16)
        {
            Release(_held[0]);
            _held.RemoveAt(0);
        }

        (ulong page, ulong pages) = SomeMapped(process);
        if (pages == 0 || process.Pages[page] is not { } model || !MayStore(model))
            return;
        var found = new Page?[1];
        KernelResult result = default;
        _kernel.RunKernelThread(() => result = _kernel.VirtualMemory.UserPages.Get(process.Process.Mm, Address(page), write: true, force: false, found));
        if (result.IsError)
            return;
        if (!process.Process.IsAlive)
        {
            _held.Add(new HeldPage(process, found[0]!, null, 0));
            return;
        }

        PressureWords words = WordsToStore(model);
        _held.Add(new HeldPage(process, found[0]!, words, process.Forks) { IsPrivate = !model.Shared, Address = page });
    }

    private void CheckHeld()
    {
        foreach (HeldPage held in _held.Where(held => IsTrue(held)))
        {
            Span<byte> frame = _kernel.Machine.Ram.Frame(held.Page.Pfn);
            for (int slot = 0; slot < PressureWords.Slots; slot++)
                Assert.Equal(held.Words![slot], BitConverter.ToUInt64(frame[(int)PressureWords.Offset(slot)..]));
            int chosen = (int)_random.Next(PressureWords.Slots);
            ulong value = _random.Next();
            if (held.IsPrivate)
            {
                BitConverter.TryWriteBytes(frame[(int)PressureWords.Offset(chosen)..], value);
                held.Words![chosen] = value;
            }
        }
    }

    /// <summary>The held page is still the one the process sees.</summary>
    private bool IsTrue(HeldPage held) =>
        held.Words is not null && held.Process.Process.IsAlive && held.Process.Forks == held.Forks && held.IsPrivate
        && held.Process.Pages.TryGetValue(held.Address, out PressurePage? model) && model.Own == held.Words;

    private void Release(HeldPage held) => _kernel.Memory.PageAllocator.Put(held.Page);

    private void Touch(PressureProcess process)
    {
        (ulong start, ulong pages) = SomeMapped(process);
        bool store = _random.Next(3) != 0;
        for (ulong page = start; page < start + pages; page++)
        {
            PressurePage model = process.Pages[page];
            int slot = (int)_random.Next(PressureWords.Slots);
            if (store ? MayStore(model) : MayLoad(model))
            {
                if (store)
                    Store(process, page, model, slot);
                else
                    Load(process, page, model, slot);
            }
            else if (model is { Own: null, Behind: { } file } && model.Index >= file.Pages && model.Protection == (Protection.Read | Protection.Write))
            {
                Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, Address(page), () => process.Process.Load<ulong>(Address(page)));
            }
        }
    }

    private static bool MayLoad(PressurePage model) => model.Protection != Protection.None && (model.Own is not null || model.Behind is null || model.Index < model.Behind.Pages);

    /// <summary>Not behind the end of the file in its last page: that is lost with the page.</summary>
    private static bool MayStore(PressurePage model) =>
        (model.Protection & Protection.Write) != 0 && MayLoad(model) && (!model.Shared || model.Behind is null || (model.Index + 1) << PageShift <= model.Behind.Size);

    private static void Load(PressureProcess process, ulong page, PressurePage model, int slot)
    {
        if (model is { Own: null, Behind: { } file } && (model.Index << PageShift) + PressureWords.Offset(slot) + 8 > file.Size)
            return;
        ulong expected = model.Own?[slot] ?? model.Behind?.Word(model.Index, slot) ?? 0;
        ulong value = process.Process.Load<ulong>(Address(page) + PressureWords.Offset(slot));
        Assert.True(expected == value, $"{process.Process} page {page:x} slot {slot}: {value:x}, expected {expected:x}; {model}");
    }

    private void Store(PressureProcess process, ulong page, PressurePage model, int slot)
    {
        ulong value = _random.Next();
        process.Process.Store(Address(page) + PressureWords.Offset(slot), value);
        WordsToStore(model)[slot] = value;
    }

    private static PressureWords WordsToStore(PressurePage model) => model.Shared
        ? model.Behind!.Existing(model.Index)
        : model.Own ??= model.Behind?.Copy(model.Index) ?? new PressureWords();

    /// <summary>A system call that may fail for want of memory, or for one more reason.</summary>
    private static bool Try(Action call, Errno? allowed = null)
    {
        try
        {
            call();
            return true;
        }
        catch (SyscallException error) when (error.Errno == ENOMEM || error.Errno == EFAULT || error.Errno == allowed)
        {
            return false;
        }
    }

    private int? OpenOf(PressureProcess process, PressureFile file)
    {
        if (!process.Fds.TryGetValue(file, out int fd))
            process.Fds.Add(file, fd = process.Process.Open(file.Path, OpenFlags.ReadWrite));
        return fd;
    }

    private (ulong Start, ulong Pages) SomeRange(PressureProcess process) => _random.Next(3) == 0
        ? (Window + _random.Next(WindowPages - 800), 1 + _random.Next(800))
        : SomeMapped(process) is { Pages: not 0 } range ? range : (Window, 1);

    /// <summary>A range without holes; 0 pages if the process has none.</summary>
    private (ulong Start, ulong Pages) SomeMapped(PressureProcess process)
    {
        if (process.Pages.Count == 0)
            return default;
        ulong start = process.Pages.Keys.ElementAt((int)_random.Next((ulong)process.Pages.Count)), most = 1 + _random.Next(1200), pages = 0;
        while (pages < most && process.Pages.ContainsKey(start + pages))
            pages++;
        return (start, pages);
    }

    private sealed record HeldPage(PressureProcess Process, Page Page, PressureWords? Words, int Forks)
    {
        public bool IsPrivate { get; init; }

        public ulong Address { get; init; }
    }
}
