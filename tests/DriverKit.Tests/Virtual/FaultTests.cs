using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

public sealed class FaultTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Untouched_memory_reads_from_one_zero_page_that_is_not_resident(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 64 * 4096, ReadWrite, Anonymous);
        process.Load<byte>(area);
        ulong free = kernel.FreePages();
        for (ulong i = 0; i < 64; i++)
            Assert.Equal(0ul, process.Load<ulong>(area + i * 4096));
        Assert.True(free - kernel.FreePages() <= 1, "one more page table at most");
        Assert.Equal(0ul, process.Mm.AnonRss);
        process.Store(area + 4096ul, 1);
        Assert.Equal(1ul, process.Mm.AnonRss);
        Assert.Equal(0, process.Load<int>(area));
        Assert.Equal(65ul, process.Mm.MinorFaults);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Fork_shares_pages_until_either_side_stores(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess parent = kernel.CreateProcess("p");
        UserVirtualAddress area = parent.Mmap(default, 8192, ReadWrite, Anonymous);
        parent.Store(area, 1);
        parent.Store(area + 4096ul, 2);
        UserProcess child = parent.Fork();
        Page page = PageAt(kernel, parent, area);
        Assert.Same(page, PageAt(kernel, child, area));
        Assert.Equal((2, 2), (page.Count, page.Mapcount));

        child.Store(area, 10);
        Assert.Equal((1, 10), (parent.Load<int>(area), child.Load<int>(area)));
        Assert.Equal((1, 1), (page.Count, page.Mapcount));
        parent.Store(area, 11);
        Assert.Same(page, PageAt(kernel, parent, area));
        Assert.Equal((11, 10), (parent.Load<int>(area), child.Load<int>(area)));
        parent.Exit();
        child.Store(area + 4096ul, 20);
        Assert.Equal(20, child.Load<int>(area + 4096ul));
        Assert.Equal(2ul, child.Mm.AnonRss);
    }

    [Fact]
    public void Shared_anonymous_memory_is_seen_by_the_child_and_freed_with_the_last_map()
    {
        Kernel kernel = Boot();
        UserProcess parent = kernel.CreateProcess("p");
        ulong free = kernel.FreePages();
        UserVirtualAddress area = parent.Mmap(default, 8192, ReadWrite, MapFlags.Shared | MapFlags.Anonymous);
        UserProcess child = parent.Fork();
        child.Store(area, 77);
        Assert.Equal(77, parent.Load<int>(area));
        child.Exit();
        parent.Store(area + 4096ul, 78);
        Assert.Equal(77, parent.Load<int>(area));
        parent.Munmap(area, 8192);
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void A_private_map_of_a_device_shows_it_until_the_first_store_and_never_writes_to_it()
    {
        Kernel kernel = Boot();
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        foreach (string node in new[] { "/dev/nopage", "/dev/remap", "/dev/insert" })
        {
            int fd = process.Open(node, OpenFlags.ReadWrite);
            UserVirtualAddress shared = process.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd);
            UserVirtualAddress secret = process.Mmap(default, 8192, ReadWrite, MapFlags.Private, fd);
            process.Store(shared, 5);
            Assert.Equal(5, process.Load<int>(secret));
            process.Store(shared, 6);
            Assert.Equal(6, process.Load<int>(secret));
            process.Store(secret, 7);
            process.Store(secret + 4096ul, 8);
            Assert.Equal((6, 7, 0, 8), (process.Load<int>(shared), process.Load<int>(secret), process.Load<int>(shared + 4096ul), process.Load<int>(secret + 4096ul)));
            process.Munmap(shared, 8192);
            process.Munmap(secret, 8192);
            kernel.RunKernelThread(() => Assert.Equal(6, Load<int>(PageAddress(driver.Pages[0]))));
            kernel.RunKernelThread(() => Store(PageAddress(driver.Pages[0]), 0));
        }
    }

    [Theory]
    [InlineData(KernelEra.Linux2611, MapFlags.Private)]
    [InlineData(KernelEra.Linux2611, MapFlags.Shared)]
    public void In_2_6_11_remap_leaves_ordinary_RAM_out_and_the_process_gets_zero_pages_of_its_own(KernelEra era, MapFlags flags)
    {
        Kernel kernel = Boot(era: era);
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        kernel.RunKernelThread(() =>
        {
            Store(PageAddress(driver.Pages[0]), 1);
            Store(PageAddress(driver.Pages[1]), 2);
            SetPageReserved(driver.Pages[1]);
        });
        UserProcess process = kernel.CreateProcess("p"), other = kernel.CreateProcess("o");
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, flags, process.Open("/dev/remap", OpenFlags.ReadWrite));
        Assert.Equal((0, 2), (process.Load<int>(area), process.Load<int>(area + 4096ul)));
        process.Store(area, 9);
        Assert.Equal(9, process.Load<int>(area));
        kernel.RunKernelThread(() => Assert.Equal(1, Load<int>(PageAddress(driver.Pages[0]))));

        // The zero page of everybody else is still zero, also after the protection has gone back and forth.
        process.Munmap(area, 4096);
        UserVirtualAddress untouched = other.Mmap(default, 4096, ReadWrite, Anonymous);
        Assert.Equal(0, other.Load<int>(untouched));
        UserVirtualAddress again = process.Mmap(default, 4096, ReadWrite, flags, 0);
        Assert.Equal(0, process.Load<int>(again));
        process.Mprotect(again, 4096, Protection.Read);
        process.Mprotect(again, 4096, ReadWrite);
        process.Store(again, 10);
        Assert.Equal(0, other.Load<int>(untouched));
        VmAreaStruct vma = process.Mm.FindVma(again)!;
        Assert.Equal(VmFlags.Io | VmFlags.Reserved, vma.VmFlags & (VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap));
        kernel.RunKernelThread(() => ClearPageReserved(driver.Pages[1]));
    }

    [Fact]
    public void An_access_that_crosses_into_a_page_it_may_not_touch_changes_nothing()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, Anonymous);
        process.Store(area + 4094ul, 0x11223344);
        Assert.Equal(0x11223344, process.Load<int>(area + 4094ul));
        process.Mprotect(area + 4096ul, 4096, Protection.Read);
        Expect.Signal(Signal.SIGSEGV, SignalCode.ACCERR, area + 4096ul, () => process.Store(area + 4094ul, -1));
        Assert.Equal(0x11223344, process.Load<int>(area + 4094ul));
        process.Munmap(area + 4096ul, 4096);
        Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, area + 4096ul, () => process.Load<int>(area + 4094ul));
        Assert.Equal(0x3344, process.Load<short>(area + 4094ul));
    }

    [Theory]
    [InlineData(Architecture.I386, 0xC000_0000)]
    [InlineData(Architecture.I386Pae, 0xC000_0000)]
    [InlineData(Architecture.X8664, 0xFFFF_8100_0000_0000)]
    public void Kernel_addresses_wrapping_ones_and_page_zero_are_SIGSEGV(Architecture architecture, ulong pageOffset)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        foreach (ulong address in new ulong[] { 0, 8, pageOffset, pageOffset + 0x100000, ulong.MaxValue, ulong.MaxValue - 6, 1ul << 47, kernel.Memory.Layout.VmallocStart })
        {
            // An address that is not canonical is a general protection fault on x86-64: the signal does not say where.
            (SignalCode code, UserVirtualAddress where) = architecture == Architecture.X8664 && address == 1ul << 47 ? (SignalCode.Kernel, default) : (SignalCode.MAPERR, new UserVirtualAddress(address));
            Expect.Signal(Signal.SIGSEGV, code, where, () => process.Load<byte>(new(address)));
            Expect.Signal(Signal.SIGSEGV, code, where, () => process.Store<byte>(new(address), 1));
            Assert.Throws<SignalException>(() => process.Load<ulong>(new(address)));
            Assert.Throws<SignalException>(() => process.Store(new UserVirtualAddress(address), 1ul));
            Assert.Throws<SignalException>(() => process.LoadBytes(new(address), new byte[10_000]));
            Assert.Throws<SignalException>(() => process.Load<WholePage>(new(address)));
        }
    }

    [Fact]
    public void Nopage_decides_between_page_signal_death_and_another_try()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        NopageResult answer = NopageResult.Sigbus;
        int calls = 0, refaults = 0;
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        var operations = new VmOperationsStruct
        {
            Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType type) =>
            {
                calls++;
                type = FaultType.Major;
                if (refaults-- > 0)
                    return NopageResult.Refault;
                if (answer.Page is { } found)
                    GetPage(found);
                return answer;
            },
        };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 4 * 4096, ReadWrite, MapFlags.Shared, fd);
        Expect.Signal(Signal.SIGBUS, SignalCode.ADRERR, area + 8ul, () => process.Load<int>(area + 8ul));
        Assert.True(process.IsAlive);
        answer = page;
        refaults = 3;
        calls = 0;
        process.Load<int>(area);
        Assert.Equal((4, 1ul, 1ul), (calls, process.Mm.MajorFaults, process.Mm.FileRss));
        answer = NopageResult.Oom;
        SignalException killed = Expect.Signal(Signal.SIGKILL, SignalCode.Kernel, area + 4096ul, () => process.Load<int>(area + 4096ul));
        Assert.Contains("out of memory", killed.Message);
        Assert.Contains("VM: killing process user", kernel.LogLines());
        Assert.False(process.IsAlive);
        Assert.Null(process.ExitCode);
        Assert.Equal((1, 0), (page.Count, page.Mapcount));

        UserProcess stuck = kernel.CreateProcess("stuck");
        UserVirtualAddress forever = stuck.Mmap(default, 4096, ReadWrite, MapFlags.Shared, stuck.Open(TestDriver.Node, OpenFlags.ReadWrite));
        refaults = int.MaxValue;
        Expect.Oops("NOPAGE_REFAULT 1000 times", () => stuck.Load<int>(forever), "DK4015");
        Assert.False(stuck.IsAlive);
    }

    [Fact]
    public void Nopage_that_returns_a_free_page_a_foreign_page_or_fills_a_pfnmap_is_a_bug()
    {
        Kernel kernel = Boot(), other = Boot();
        Keeps(other, 1, "the page it allocates");
        Page foreign = other.Run(() => AllocPage(GfpFlags.Kernel))!;
        Func<Page> answer = () => foreign;
        VmFlags flags = VmFlags.None;
        PageProtection? protection = null;
        var operations = new VmOperationsStruct { Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType _) => answer() };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                vma.VmFlags |= flags;
                vma.VmPageProt = protection ?? vma.VmPageProt;
                return 0;
            },
        }));
        ulong start = kernel.FreePages();

        FaultOops("is a page of another machine");
        answer = () =>
        {
            Page page = AllocPage(GfpFlags.Kernel)!;
            FreePage(page);
            return page;
        };
        FaultOops(" returned a free page", "DK4004");
        flags = VmFlags.PfnMap;
        FaultOops("the area is VM_PFNMAP and has a nopage");
        flags = VmFlags.None;
        answer = () => AllocPage(GfpFlags.Kernel)!;
        protection = new PageProtection(PageProtection.Present);
        FaultOops("faults for ever");
        Assert.Equal(start, kernel.FreePages());

        void FaultOops(string cause, string? rule = null)
        {
            UserProcess process = kernel.CreateProcess("p");
            UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, process.Open(TestDriver.Node));
            Expect.Oops(cause, () => process.Load<int>(area), rule);
            Assert.False(process.IsAlive);
        }
    }

    [Fact]
    public void A_nopage_that_touches_its_own_area_is_a_kernel_stack_overflow()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        var operations = new VmOperationsStruct
        {
            Nopage = (VmAreaStruct vma, UserVirtualAddress _, ref FaultType _) => GetUser(out int _, vma.VmStart).IsError ? NopageResult.Oom : NopageResult.Sigbus,
        };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Expect.Oops("kernel stack overflow", () => process.Load<int>(area));
        Assert.False(process.IsAlive);
        Assert.Equal(free, kernel.FreePages());
        kernel.CreateProcess("next").Exit();
    }

    [Fact]
    public void Populate_reaches_the_driver_for_shared_maps_only_and_faults_memory_in()
    {
        Kernel kernel = Boot();
        var calls = new List<string>();
        var operations = new VmOperationsStruct
        {
            Populate = (vma, address, length, _, pgoff, nonblock) =>
            {
                calls.Add($"{address - vma.VmStart}+{length} at {pgoff} {nonblock}");
                return 0;
            },
        };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
        });
        process.Mmap(default, 8192, ReadWrite, MapFlags.Shared | MapFlags.Populate, fd, 0x5000);
        process.Mmap(default, 8192, ReadWrite, MapFlags.Private | MapFlags.Populate, fd, 0x5000);
        process.Mmap(default, 4096, ReadWrite, MapFlags.Shared | MapFlags.Populate | MapFlags.NonBlock, fd);
        process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(["0+8192 at 5 False", "0+4096 at 0 True"], calls);
        process.Mmap(default, 16 * 4096, ReadWrite, Anonymous | MapFlags.Populate);
        Assert.Equal(16ul, process.Mm.AnonRss);
        process.Mmap(default, 16 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Populate);
        Assert.Equal(16ul, process.Mm.ShmemRss);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Out_of_memory_kills_the_process_and_gives_everything_back(Architecture architecture)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB(), Architecture = architecture });
        UserProcess bystander = kernel.CreateProcess("bystander");
        UserVirtualAddress kept = bystander.Mmap(default, 4096, ReadWrite, Anonymous);
        bystander.Store(kept, 42);
        ulong free = kernel.FreePages();
        UserProcess hog = kernel.CreateProcess("hog");
        UserVirtualAddress area = hog.Mmap(default, 64 << 20, ReadWrite, Anonymous | MapFlags.NoReserve);
        SignalException killed = Assert.Throws<SignalException>(() =>
        {
            for (ulong at = 0; at < 64 << 20; at += 4096)
                hog.Store(area + at, 1);
        });
        Assert.Equal(Signal.SIGKILL, killed.Signal);
        Assert.Equal(free, kernel.FreePages());
        Assert.Equal(42, bystander.Load<int>(kept));
        Expect.Errno(ESRCH, () => hog.Load<int>(area));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_walk_of_the_tables_agrees_with_the_load(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(new(0x4000_0000 - 4096), 3 * 4096, ReadWrite, Anonymous);
        Assert.Contains("not present: an access faults", kernel.WalkPageTables(process, area));
        ulong tables = process.Mm.NrPtes;
        for (ulong i = 0; i < 3; i++)
        {
            process.Store(area + i * 4096 + 0x123ul, 0xC0FFEE00 + (uint)i);
            string walk = kernel.WalkPageTables(process, area + i * 4096 + 0x123ul);
            ulong physical = Convert.ToUInt64(walk.Split("physical 0x")[1].Trim(), 16);
            Assert.Equal(0xC0FFEE00 + (uint)i, kernel.Machine.Ram.Ref<uint>(new PhysicalAddress(physical)));
            Assert.Contains(" D A ", walk);
        }

        Assert.Equal(tables + 2, process.Mm.NrPtes);
        Assert.Equal(architecture == Architecture.X8664 ? 4 : architecture == Architecture.I386Pae ? 3 : 2, kernel.WalkPageTables(process, area).Split("] at ").Length - 1);
        Assert.Contains("in a large page", kernel.WalkPageTables(process, new(kernel.Memory.Layout.PageOffset + 0x400000)));
        process.Munmap(area, 3 * 4096);
        Assert.Equal(tables, process.Mm.NrPtes);
        process.Exit();
        Expect.Errno(ESRCH, () => kernel.WalkPageTables(process, area));
    }

    [Fact]
    public void Device_memory_and_registers_can_be_mapped_and_two_processes_see_the_same()
    {
        Kernel kernel = Boot();
        var window = new PhysicalAddress(0xE000_0000);
        kernel.AddDevice(new MmioMemory("fb", window, 8192));
        var registers = new Registers();
        kernel.AddDevice(new MmioRegisters("regs", window + 8192ul, 4096, registers));
        (UserProcess one, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) => RemapPfnRange(vma, vma.VmStart, (window + (vma.VmPgoff << PageShift)).ToPfn(), vma.Length, PgprotNoncached(vma.VmPageProt)),
        });
        UserProcess two = one.Fork();
        UserVirtualAddress a = one.Mmap(default, 3 * 4096, ReadWrite, MapFlags.Shared, fd), b = two.Mmap(default, 3 * 4096, ReadWrite, MapFlags.Shared, fd);
        one.Store(a + 5000ul, 0xABCD);
        Assert.Equal(0xABCD, two.Load<int>(b + 5000ul));
        two.Store<ushort>(b + 8192ul, 7);
        Assert.Equal(0x44u, one.Load<uint>(a + 8192ul + 0x44ul));
        one.Store(a + 8192ul + 1ul, (short)0x0201);
        Assert.Equal(["w2 0 7", "r4 44", "w1 1 1", "w1 2 2"], registers.Log);
        Assert.Equal(0ul, one.Mm.FileRss + one.Mm.AnonRss);
        one.Exit();
        two.Exit();
    }

    [Theory]
    [InlineData("nopage")]
    [InlineData("anonymous")]
    [InlineData("vm_insert_page")]
    [InlineData("vm_insert_pfn")]
    [InlineData("remap_pfn_range")]
    public void A_protection_without_PRESENT_is_an_oops_before_a_page_is_given_for_it(string how)
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        int nopages = 0;
        var operations = new VmOperationsStruct
        {
            Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType _) =>
            {
                nopages++;
                return AllocPage(GfpFlags.Kernel);
            },
        };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmPageProt = new PageProtection(PageProtection.User | PageProtection.Writable);
                switch (how)
                {
                    case "nopage":
                        vma.VmOps = operations;
                        return 0;
                    case "vm_insert_page": return VmInsertPage(vma, vma.VmStart, page);
                    case "vm_insert_pfn":
                        vma.VmFlags |= VmFlags.PfnMap;
                        return VmInsertPfn(vma, vma.VmStart, page.Pfn);
                    case "remap_pfn_range": return RemapPfnRange(vma, vma.VmStart, page.Pfn, vma.Length, vma.VmPageProt);
                    default: return 0;
                }
            },
        }));
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        Expect.Oops("has no _PAGE_PRESENT; change vm_page_prot by pgprot_noncached() and its kin", () =>
            process.Store(process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd), 1), "DK4010");
        Assert.Equal((0, 1, 0, free), (nopages, page.Count, page.Mapcount, kernel.FreePages()));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_page_table_that_was_freed_is_not_walked_again(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        for (int round = 1; round <= 3; round++)
        {
            ulong tables = process.Mm.NrPtes;
            UserVirtualAddress area = process.Mmap(new(0x2000_0000), 4096, ReadWrite, Anonymous);
            process.Store(area, round);
            Assert.Equal((round, tables + 1), (process.Load<int>(area), process.Mm.NrPtes));
            process.Munmap(area, 4096);
            Assert.Equal(tables, process.Mm.NrPtes);
        }
    }

    [Theory]
    [InlineData(MapFlags.Shared, false)]
    [InlineData(MapFlags.Shared, true)]
    [InlineData(MapFlags.Private, false)]
    [InlineData(MapFlags.Private, true)]
    public void A_protection_with_the_special_bit_loses_no_page_that_is_counted(MapFlags flags, bool insert)
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        var operations = new VmOperationsStruct
        {
            Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType _) =>
            {
                GetPage(page);
                return page;
            },
        };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmPageProt = new PageProtection(vma.VmPageProt.Bits | PageProtection.Special);
                vma.VmOps = operations;
                return insert ? VmInsertPage(vma, vma.VmStart, page) : 0;
            },
        }));
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 8192, ReadWrite, flags, process.Open(TestDriver.Node, OpenFlags.ReadWrite));
        process.Load<int>(area);
        process.Store(area, 1);
        process.Store(area + 4096ul, 2);
        Audit.AddressSpaces(kernel);
        process.Munmap(area, 8192);
        Assert.Equal((1, 0, 0ul), (page.Count, page.Mapcount, process.Mm.FileRss + process.Mm.AnonRss));
        process.Exit();
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void A_page_table_that_points_beyond_RAM_is_an_oops_and_a_walk_from_outside_says_so_too()
    {
        Kernel kernel = Boot(Architecture.X8664);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), 4096, ReadWrite, Anonymous);
        PageTableWalker walker = kernel.Machine.PageTables;
        walker.Write(walker.EntryAddress(process.Mm.Pgd, 0, area.Value), PageTableEntry.Make(new Pfn(0xFF_FFFF_FFFF), PageProtection.Shared));
        Assert.Contains("No RAM at physical address", Assert.Throws<KernelOopsException>(() => kernel.WalkPageTables(process, area)).Message);
        Expect.Oops("No RAM at physical address", () => process.Load<int>(area));
        Assert.False(process.IsAlive);
        kernel.CreateProcess("next").Exit();
    }

    [Theory]
    [InlineData(MapFlags.Shared, false)]
    [InlineData(MapFlags.Shared, true)]
    [InlineData(MapFlags.Private, false)]
    [InlineData(MapFlags.Private, true)]
    public void A_nopage_that_returns_a_page_and_keeps_a_kmap_atomic_slot_loses_no_page(MapFlags flags, bool store)
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.HighUser))!;
        var operations = new VmOperationsStruct
        {
            Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType _) =>
            {
                GetPage(page);
                Store(KmapAtomic(page, KmType.User0), 1);
                return page;
            },
        };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
        }));
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, flags, process.Open(TestDriver.Node, OpenFlags.ReadWrite));
        Expect.Oops("BUG: sleeping function called from invalid context", () =>
        {
            if (store)
                process.Store(area, 2);
            else
                process.Load<int>(area);
        }, "DK3003");
        Assert.False(process.IsAlive);
        Assert.Equal((1, 0, free), (page.Count, page.Mapcount, kernel.FreePages()));
        kernel.RunKernelThread(() => KunmapAtomic(KmapAtomic(page, KmType.User0), KmType.User0));
    }

    private static Page PageAt(Kernel kernel, UserProcess process, UserVirtualAddress address)
    {
        Assert.True(kernel.VirtualMemory.Tables.TryFind(process.Mm, address.Value, out PhysicalAddress where));
        return kernel.VirtualMemory.Tables.NormalPage(kernel.VirtualMemory.Tables.Read(where))!;
    }

    [System.Runtime.CompilerServices.InlineArray(4096)]
    private struct WholePage
    {
        private byte _first;
    }

    private sealed class Registers : IRegisterDevice
    {
        public List<string> Log { get; } = [];

        public ulong ReadRegister(ulong offset, int width)
        {
            Log.Add($"r{width} {offset:x}");
            return offset;
        }

        public void WriteRegister(ulong offset, int width, ulong value) => Log.Add($"w{width} {offset:x} {value:x}");
    }
}
