using DriverKit.Tests.Support;

namespace DriverKit.Tests.Fuzz;

/// <summary>Random nonsense for every system call and every header function: an errno, a signal or an oops comes out, never an exception of the host,
/// and afterwards the machine works and has all its memory. A driver that really overwrites what is not its own is not part of this.</summary>
public sealed class NonsenseTests : KernelTest
{
    [Theory]
    [InlineData(Architecture.I386, 32, 1)]
    [InlineData(Architecture.I386, 1024, 2)]
    [InlineData(Architecture.I386Pae, 1024, 3)]
    [InlineData(Architecture.X8664, 32, 4)]
    public void Nonsense_ends_in_an_errno_a_signal_or_an_oops(Architecture architecture, int mebibytes, ulong seed)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = mebibytes.MiB(), Architecture = architecture });
        Kernel other = Boot(architecture);
        Keeps(other, 1, "the page it lends");
        kernel.AddDevice(new MmioMemory("fb", new PhysicalAddress(0xE000_0000), 1 << 16));
        new Session(kernel, other, new SeededRandom(seed)).Run(10_000);
    }

    private sealed class Session
    {
        private readonly Kernel _kernel;
        private readonly SeededRandom _random;
        private readonly MemoryLayout _layout;
        private readonly PagesDriver _pages = new();
        private readonly List<string> _hostExceptions = [];
        private readonly PhysicalAddress _kernelRoot;
        private readonly Page _foreign;
        private readonly KmemCache _foreignCache;
        private UserProcess _process = null!;
        private int _fuzz, _nopage, _remap;
        private ulong _scratch, _object;

        public Session(Kernel kernel, Kernel other, SeededRandom random)
        {
            _kernel = kernel;
            _random = random;
            _layout = kernel.Memory.Layout;
            var tables = (KernelPageTables)typeof(Kernel).GetField("_kernelTables", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.GetValue(kernel)!;
            _kernelRoot = tables.Root;
            _foreign = other.Run(() => AllocPage(GfpFlags.Kernel))!;
            _foreignCache = other.Run(() => KmemCacheCreate("foreign", 64))!;
        }

        public void Run(int calls)
        {
            _kernel.RunKernelThread(() => _scratch = Vmalloc(4096).Value);
            ulong before = FreeAndTables();
            UserProcess witness = _kernel.CreateProcess("witness");
            witness.OomScoreAdj = UserProcess.OomScoreAdjMin;
            UserVirtualAddress kept = witness.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
            witness.Store(kept, 0x5AFE);
            _kernel.InsertModule(_pages);
            var fuzz = new TestDriver(new FileOperations { Ioctl = (_, _, _, _) => InDriver(), Mmap = InMmap, Read = InRead });
            _kernel.InsertModule(fuzz);
            for (int i = 0; i < calls; i += 8)
            {
                if (_process is not { IsAlive: true })
                    Start();
                for (int j = 0; j < 8 && _process.IsAlive; j++)
                    Guard(SystemCall);
            }

            Assert.Empty(_hostExceptions);
            Assert.Equal(0x5AFE, witness.Load<int>(kept));
            witness.Exit();
            foreach (UserProcess process in _kernel.Processes.ToArray())
                process.Exit();
            _kernel.RemoveModule(fuzz);
            _kernel.RemoveModule(_pages);
            _kernel.RunKernelThread(() =>
            {
                Kfree(new KernelLogicalAddress(_object));
                foreach (KmemCache cache in _kernel.Slab.Caches.ToArray())
                    KmemCacheShrink(cache);
            });
            Assert.Equal(0ul, _kernel.Slab.Pages);
            Assert.Equal(before, FreeAndTables());
            _kernel.RunKernelThread(() => Vfree(new KernelVirtualAddress(_scratch)));
        }

        private void Start()
        {
            _process = _kernel.CreateProcess("fuzz");
            _fuzz = _process.Open(TestDriver.Node, OpenFlags.ReadWrite);
            _nopage = _process.Open("/dev/nopage", OpenFlags.ReadWrite);
            _remap = _process.Open("/dev/remap", OpenFlags.ReadWrite);
            _kernel.RunKernelThread(() =>
            {
                Kfree(new KernelLogicalAddress(_object));
                _object = Kmalloc(64, GfpFlags.Kernel).Value;
            });
        }

        private void Guard(Action call)
        {
            try
            {
                call();
            }
            catch (Exception exception) when (exception is SyscallException or SignalException or KernelOopsException)
            {
                if (exception is KernelOopsException { InnerException: { } host } and not { InnerException: NullReferenceException or NotSupportedException })
                    _hostExceptions.Add(host.ToString());
            }
            catch (Exception exception)
            {
                _hostExceptions.Add(exception.ToString());
            }
        }

        private ulong Number()
        {
            ulong[] corners =
            [
                0, 1, 4095, 4096, 8192, 0x10000, 0x9F000, 0xA0000, 0x100000, 0x2000_0000, 0xE000_0000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1ul << 32, 1ul << 63, long.MaxValue, ulong.MaxValue,
                _layout.TaskSize, _layout.PageOffset, _layout.HighMemory.Value, _layout.VmallocStart, _layout.VmallocEnd, _layout.PkmapBase, _layout.FixmapStart, _layout.FixmapEnd,
                _layout.EndOfMemory.Value, _scratch, _object, _process.Mm.StartStack.Value, _process.Mm.StartBrk.Value, _process.Mm.MmapBase,
            ];
            ulong value = _random.Next(4) == 0 ? _random.Next() >> (int)_random.Next(64) : corners[_random.Next((ulong)corners.Length)];
            return _random.Next(3) switch
            {
                0 => value,
                1 => unchecked(value + _random.Next(9000) - 4500),
                _ => unchecked(value + (_random.Next(64) - 32) * 4096),
            };
        }

        private int Int() => unchecked((int)Number());

        private UserVirtualAddress User() => _random.Next(3) == 0 && _process.Mm.Mmap.ElementAtOrDefault((int)_random.Next((ulong)_process.Mm.MapCount)) is { } vma
            ? vma.VmStart + _random.Next(vma.Length + 8192) - 4096
            : new(Number());

        private int Fd() => _random.Next(4) == 0 ? Int() : (int)_random.Next(5);

        private void SystemCall()
        {
            switch (_random.Next(22))
            {
                case 0: _process.Load<byte>(User()); break;
                case 1: _process.Load<ulong>(User()); break;
                case 2: _process.Store(User(), (int)Number()); break;
                case 3: _process.LoadBytes(User(), new byte[_random.Next(9000)]); break;
                case 4: _process.StoreBytes(User(), new byte[_random.Next(9000)]); break;
                case 5: _process.Read(Fd(), User(), Number()); break;
                case 6: _process.Write(Fd(), User(), Number()); break;
                case 7: _process.Lseek(Fd(), (long)Number(), (SeekWhence)(_random.Next(8) == 0 ? Int() : (int)_random.Next(4))); break;
                case 8: _process.Ioctl(Fd(), (uint)Number(), Number()); break;
                case 9: _process.Munmap(User(), Number()); break;
                case 10: _process.Mprotect(User(), Number(), (Protection)_random.Next(16)); break;
                case 11: _process.Brk(User()); break;
                case 12 or 13:
                    var flags = (MapFlags)(_random.Next(4) == 0 ? Int() : (int)(_random.Next(4) | (_random.Next(2) << 5) | (_random.Next(4) << 4) | (_random.Next(2) << 15)));
                    ulong length = (flags & MapFlags.Populate) != 0 ? _random.Next(1 << 20) : Number();
                    _process.Mmap(User(), length, (Protection)_random.Next(16), flags, Fd(), _random.Next(2) == 0 ? _random.Next(40) * 4096 : Number());
                    break;
                case 14: _process.Open(_random.Next(3) == 0 ? new string((char)_random.Next(65536), (int)_random.Next(300)) : "/dev/nopage", (OpenFlags)Int()); break;
                case 15: _process.Close(Fd() + 3); break;
                case 16 when _random.Next(8) == 0: _process.Fork().Exit(); break;
                case 17 when _random.Next(64) == 0: _process.Exit(Int()); break;
                case 18: _process.Mmap(User(), _random.Next(10) * 4096, (Protection)_random.Next(8), (MapFlags)(1 + _random.Next(2)), _random.Next(2) == 0 ? _nopage : _remap, _random.Next(34) * 4096); break;
                default: _process.Ioctl(_fuzz, 0); break;
            }
        }

        /// <summary>Some header functions in a row; most bugs are caught on the spot, so that not every one costs a process.</summary>
        private KernelResult InDriver()
        {
            for (int i = 0; i < 12; i++)
            {
                try
                {
                    HeaderFunction();
                }
                catch (KernelOopsException) when (_random.Next(16) != 0)
                {
                }
                catch (NullReferenceException)
                {
                }
            }

            return _random.Next(4) == 0 ? unchecked((int)Number()) : 0;
        }

        /// <summary>Bytes of the driver's own or of nobody: what a stray store may hit without harm to others.</summary>
        private KernelVirtualAddress Target()
        {
            ulong address = Number();
            return new(_layout.IsLowMemory(address) || _layout.IsVmalloc(address) ? _scratch + _random.Next(4096) : address);
        }

        private KernelVirtualAddress Source() => new(Number());

        private KernelLogicalAddress Logical() => new(Number());

        private PhysicalAddress Physical() => new(Number());

        /// <summary>No page, a page of another machine, a free one, or one that nobody may free.</summary>
        private Page Victim()
        {
            if (_random.Next(8) == 0)
                return null!;
            if (_random.Next(4) == 0)
                return _foreign;
            Page page = PfnToPage(new Pfn(_random.Next(_kernel.Memory.MemoryMap.Frames.Value)));
            return page.Count == 0 || PageReserved(page) || page.Has(PageFlags.Slab) ? page : _foreign;
        }

        private void HeaderFunction()
        {
            switch (_random.Next(52))
            {
                case 0: Pa(Logical()); break;
                case 1: Va(Physical()); break;
                case 2: VirtToPage(Logical()); break;
                case 3: PfnToPage(new Pfn(Number())); break;
                case 4: PfnValid(new Pfn(Number())); break;
                case 5: VirtToPhys(Logical()); break;
                case 6: PhysToVirt(Physical()); break;
                case 7: Kfree(Logical() is var address && address.Value == _object ? default : address); break;
                case 8: Ksize(Logical()); break;
                case 9: Kfree(Kmalloc(Number(), (GfpFlags)(Number() & 0xFFFF))); break;
                case 10: Kfree(Kcalloc(Number(), Number(), GfpFlags.Kernel)); break;
                case 11: Vfree(Vmalloc(Number())); break;
                case 12: Vfree(Source() is var area && area.Value == _scratch ? default : area); break;
                case 13: VmallocToPage(Source()); break;
                case 14: VmallocToPfn(Source()); break;
                case 15 or 16:
                    int order = _random.Next(2) == 0 ? (int)_random.Next(12) : Int();
                    if (AllocPages((GfpFlags)Number(), order) is { } block)
                        FreePages(block, order);
                    break;
                case 17: FreePages(Victim(), _random.Next(2) == 0 ? (int)_random.Next(11) : Int()); break;
                case 18: PutPage(Victim() is { Count: > 0 } held && held != _foreign ? _foreign : null!); break;
                case 19: GetPage(_foreign); break;
                case 20: Kunmap(Victim()); break;
                case 21: KunmapAtomic(Source(), (KmType)Int()); break;
                case 22: KmapAtomic(_foreign, (KmType)Int()); break;
                case 23: Kmap(Victim() is { Count: 0 } free ? free : _foreign); break;
                case 24: Iounmap(Ioremap(Physical(), Number())); break;
                case 25: Iounmap(new IoAddress(Number())); break;
                case 26: Readl(new IoAddress(Number())); break;
                case 27: Readw(new IoAddress(Number())); break;
                case 28: Writel(1, new IoAddress(Target().Value)); break;
                case 29: MemcpyFromio(Target(), new IoAddress(Number()), Number() % 10_000); break;
                case 30: MemcpyToio(new IoAddress(Target().Value), Source(), Number() % 10_000); break;
                case 31: MemsetIo(new IoAddress(Target().Value), 1, Number()); break;
                case 32: Load<byte>(Source()); break;
                case 33: Load<ulong>(Source()); break;
                case 34: Store(Target(), Number()); break;
                case 35: Memset(Target(), 1, Number()); break;
                case 36: Memcpy(Target(), Source(), Number() % (1 << 20)); break;
                case 37: Memcpy(Target(), new byte[_random.Next(9000)]); break;
                case 38: Memcpy(new byte[_random.Next(9000)], Source()); break;
                case 39: CopyToUser(User(), Source(), Number() % (1 << 22)); break;
                case 40: CopyFromUser(Target(), User(), Number()); break;
                case 41: CopyToUser(User(), new byte[_random.Next(9000)]); break;
                case 42: CopyFromUser(new byte[_random.Next(9000)], User()); break;
                case 43: ClearUser(User(), Number() % (1 << 24)); break;
                case 44: GetUser(out long _, User()); break;
                case 45: PutUser(Number(), User()); break;
                case 46: CopyToUserInatomic(User(), Source(), Number()); break;
                case 47: CopyFromUserInatomic(Target(), User(), Number()); break;
                case 48: Devices(); break;
                case 49: Caches(); break;
                case 50: Resources(); break;
                default: PreemptEnable(); break;
            }
        }

        private void Devices()
        {
            var first = new DeviceNumber((uint)Number(), (uint)Number());
            uint count = (uint)Number();
            if (RegisterChrdevRegion(first, count, "fuzz").IsSuccess)
                UnregisterChrdevRegion(first, count);
            if (AllocChrdevRegion(out first, (uint)Number(), count, "fuzz").IsSuccess)
                UnregisterChrdevRegion(first, count);
            UnregisterChrdevRegion(first, count);
            var cdev = new Cdev(_random.Next(2) == 0 ? null : new FileOperations());
            if (CdevAdd(cdev, first, count).IsSuccess)
                CdevDel(cdev);
            CdevDel(cdev);
            var misc = new MiscDevice { Name = new string('m', (int)_random.Next(400)), Fops = new FileOperations(), Minor = (uint)Number() };
            if (MiscRegister(misc).IsSuccess)
                MiscDeregister(misc);
            MiscDeregister(misc);
            CdevAdd(null!, first, 1);
        }

        private void Caches()
        {
            KmemCacheFree(_random.Next(2) == 0 ? _foreignCache : null!, Logical());
            if (KmemCacheCreate("fuzz", Number() % 200_000, _random.Next(3) == 0 ? Number() : 1ul << (int)_random.Next(13)) is not { } cache)
                return;
            KernelLogicalAddress item = KmemCacheAlloc(cache, GfpFlags.Kernel | GfpFlags.NoWarn);
            try
            {
                KmemCacheFree(cache, item + _random.Next(2));
                KmemCacheFree(cache, item);
            }
            finally
            {
                if (cache.ActiveObjects != 0)
                    KmemCacheFree(cache, item);
                KmemCacheDestroy(cache);
            }
        }

        private void Resources()
        {
            PhysicalAddress start = Physical();
            ulong size = Number();
            if (RequestMemRegion(start, size, "fuzz") is not null)
                ReleaseMemRegion(start, size);
            ReleaseMemRegion(Physical(), Number());
            RequestMemRegion(start, 0, null!);
        }

        private KernelResult InRead(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
        {
            position = (long)Number();
            return CopyToUser(buffer, new byte[Math.Min(count, 9000)]) != 0 ? -EFAULT : Number();
        }

        /// <summary>Fills the area with nonsense; only the driver's own pages and frames without RAM, so that the process cannot store into the kernel.</summary>
        private KernelResult InMmap(OpenFile filp, VmAreaStruct vma)
        {
            Pfn pfn = _random.Next(2) == 0 ? _pages.Pages[_random.Next(_pages.Count)].Pfn : new Pfn(Math.Max(Number(), _kernel.Memory.MemoryMap.Frames.Value));
            UserVirtualAddress address = _random.Next(2) == 0 ? vma.VmStart + _random.Next(vma.Length) : User();
            ulong size = _random.Next(2) == 0 ? Math.Min(vma.Length, 4096) : Math.Min(Number(), 1 << 20);
            if (pfn.Value < _kernel.Memory.MemoryMap.Frames.Value)
                size = Math.Min(size, 4096);
            if (_random.Next(4) == 0)
                vma.VmPageProt = new PageProtection(Number());
            switch (_random.Next(5))
            {
                case 0: return RemapPfnRange(vma, address, pfn, size, vma.VmPageProt);
                case 1: return VmInsertPage(vma, address, _random.Next(2) == 0 ? _pages.Pages[0] : Victim() is { Count: 0 } free ? free : _foreign);
                case 2: return VmInsertPfn(vma, address, pfn);
                case 3:
                    vma.VmFlags |= VmFlags.PfnMap;
                    return VmInsertPfn(vma, address, pfn);
                default: return unchecked((int)Number());
            }
        }

        /// <summary>Free pages and the tables of the kernel's own range, which stay once they have been made.</summary>
        private ulong FreeAndTables()
        {
            PageTableWalker walker = _kernel.Machine.PageTables;
            return _kernel.FreePages() + Tables(_kernelRoot, 0, walker.Format.Levels[0].IndexOf(_layout.PageOffset));

            ulong Tables(PhysicalAddress table, int level, int first)
            {
                ulong count = 1;
                for (int i = first; level < walker.Format.Levels.Length - 1 && i < walker.Format.Levels[level].Entries; i++)
                {
                    PageTableEntry entry = walker.Read(table + (ulong)(i * walker.Format.EntrySize));
                    if (entry is { IsPresent: true, IsLarge: false })
                        count += Tables(entry.Pfn.ToPhysical(), level + 1, 0);
                }

                return count;
            }
        }
    }
}
