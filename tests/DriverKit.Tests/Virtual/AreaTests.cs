using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>When a driver's open and close are called, and what a driver may put into page tables.</summary>
public sealed class AreaTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Fact]
    public void Mmap_calls_the_handler_and_not_open()
    {
        Kernel kernel = Boot();
        int opens = 0;
        var operations = new VmOperationsStruct { Open = _ => opens++ };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
        });
        process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Assert.Equal(0, opens);
    }

    [Theory]
    [InlineData(0, 2, "open 0+2", "close 0+2")]
    [InlineData(4, 2, "open 4+2", "close 4+2")]
    [InlineData(2, 2, "open 2+4", "open 2+2", "close 2+2")]
    [InlineData(0, 6, "close 0+6")]
    public void Munmap_splits_as_do_munmap_does(ulong from, ulong pages, params string[] calls)
    {
        foreach (string node in new[] { "/dev/nopage", "/dev/remap", "/dev/insert" })
        {
            Kernel kernel = Boot();
            (PagesDriver driver, UserProcess process, UserVirtualAddress area) = Map(kernel, node);
            process.Munmap(area + from * 4096, pages * 4096);
            Assert.Equal(calls, driver.Calls);
            Assert.Equal((int)(6 - pages == 0 ? 0 : pages == 2 && from == 2 ? 2 : 1), driver.LiveAreas);
            process.Exit();
            Assert.Equal(0, driver.LiveAreas);
        }
    }

    [Fact]
    public void Munmap_of_the_middle_calls_open_twice_and_close_once()
    {
        Kernel kernel = Boot();
        (PagesDriver driver, UserProcess process, UserVirtualAddress area) = Map(kernel, "/dev/nopage");
        int opens = driver.Opens, closes = driver.Closes;
        process.Munmap(area + 8192ul, 4096);
        Assert.Equal((2, 1), (driver.Opens - opens, driver.Closes - closes));
    }

    [Fact]
    public void Mprotect_splits_with_the_new_area_below_and_then_above()
    {
        Kernel kernel = Boot();
        (PagesDriver driver, UserProcess process, UserVirtualAddress area) = Map(kernel, "/dev/nopage");
        process.Mprotect(area + 8192ul, 8192, Protection.Read);
        Assert.Equal(["open 0+2", "open 4+2"], driver.Calls);
        Assert.Equal(3, driver.LiveAreas);
        process.Mprotect(area + 8192ul, 8192, ReadWrite);
        Assert.Equal(3, driver.LiveAreas);
    }

    [Fact]
    public void Open_sees_the_new_half_with_its_final_bounds_while_the_old_area_still_covers_everything()
    {
        Kernel kernel = Boot();
        var seen = new List<(ulong New, ulong Old, ulong Pgoff, object? Data)>();
        VmAreaStruct? first = null;
        var operations = new VmOperationsStruct { Open = vma => seen.Add((vma.Length, first!.Length, vma.VmPgoff, vma.VmPrivateData)) };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                first = vma;
                vma.VmOps = operations;
                vma.VmPrivateData = "data";
                return 0;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 6 * 4096, ReadWrite, MapFlags.Shared, fd, 0x10000);
        process.Munmap(area + 5 * 4096ul, 4096);
        Assert.Equal([(4096ul, 6 * 4096ul, 0x15ul, (object)"data")], seen);
        process.Munmap(area, 4096);
        Assert.Equal((4096ul, 5 * 4096ul, 0x10ul, (object)"data"), seen[1]);
    }

    [Fact]
    public void Fork_opens_the_childs_area_after_its_tables_are_copied_and_leaves_DONTCOPY_out()
    {
        Kernel kernel = Boot();
        (PagesDriver driver, UserProcess parent, UserVirtualAddress area) = Map(kernel, "/dev/remap");
        UserProcess child = parent.Fork();
        Assert.Equal("open 0+6", Assert.Single(driver.Calls));
        Assert.Equal(2, driver.LiveAreas);
        child.Store(area, 3);
        Assert.Equal(3, parent.Load<int>(area));
        child.Exit();
        Assert.Equal("close 0+6", driver.Calls[^1]);

        parent.Mm.FindVma(area)!.VmFlags |= VmFlags.DontCopy;
        UserProcess second = parent.Fork();
        Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, area, () => second.Load<int>(area));
        Assert.Equal(1, driver.LiveAreas);
    }

    [Fact]
    public void Release_waits_for_the_last_descriptor_and_the_last_area_and_comes_after_close()
    {
        Kernel kernel = Boot();
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("mapper");
        int fd = process.Open("/dev/nopage", OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, 2 * 4096, ReadWrite, MapFlags.Private, fd);
        process.Close(fd);
        UserProcess child = process.Fork();
        Assert.Equal((0, 1), (driver.Releases, driver.RefCount));
        Expect.Errno(EAGAIN, () => kernel.RemoveModule(driver));
        process.Munmap(area, 4096);
        child.Exit();
        Assert.Equal(0, driver.Releases);
        process.Exit();
        Assert.Equal((1, 0), (driver.Releases, driver.RefCount));
        Assert.Equal(["close 1+1", "release"], driver.Calls[^2..]);
        kernel.RemoveModule(driver);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failing_mmap_handler_is_not_closed_and_leaves_nothing_but_the_hole_that_MAP_FIXED_made(bool oops)
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        int closes = 0, releases = 0;
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        var operations = new VmOperationsStruct { Close = _ => closes++ };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                Assert.Equal(KernelResult.Success, VmInsertPage(vma, vma.VmStart, page));
                return oops ? throw new NotSupportedException("half way") : -ENXIO;
            },
            Release = (_, _) => releases++,
        }));
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        UserVirtualAddress there = new(0x2000_0000);
        process.Mmap(there, 3 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        process.Store(there + 4096ul, 1);
        void Call() => process.Mmap(there + 4096ul, 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd);
        if (oops)
        {
            Expect.Oops("Oops: unhandled NotSupportedException in kernel mode: half way", Call);
        }
        else
        {
            Expect.Errno(ENXIO, Call);
            Assert.Equal((0, 0ul, 1), (releases, process.Mm.FileRss, page.Count));
            process.Load<int>(there);
            Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, there + 4096ul, () => process.Load<int>(there + 4096ul));
            Audit.AddressSpaces(kernel);
            process.Exit();
        }

        Assert.Equal((0, 1, 1, 0), (closes, releases, page.Count, page.Mapcount));
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void Areas_merge_only_when_nothing_tells_them_apart()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int bare = process.Mm.MapCount;
        UserVirtualAddress at = new(0x2000_0000);
        void Anonymous(ulong page, Protection protection) =>
            process.Mmap(at + page * 4096, 4096, protection, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Anonymous(0, ReadWrite);
        Anonymous(2, ReadWrite);
        Assert.Equal(bare + 2, process.Mm.MapCount);
        Anonymous(1, ReadWrite);
        Assert.Equal(bare + 1, process.Mm.MapCount);
        process.Mprotect(at + 4096ul, 4096, Protection.Read);
        Assert.Equal(bare + 3, process.Mm.MapCount);
        process.Mprotect(at + 4096ul, 4096, ReadWrite);
        Assert.Equal(bare + 1, process.Mm.MapCount);

        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        int fd = process.Open("/dev/nopage", OpenFlags.ReadWrite);
        process.Mmap(at + 16 * 4096ul, 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd);
        process.Mmap(at + 17 * 4096ul, 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd, 4096);
        Assert.Equal((bare + 3, 2), (process.Mm.MapCount, driver.LiveAreas));
    }

    [Fact]
    public void A_driver_area_without_close_merges_and_its_object_goes_without_a_call()
    {
        Kernel kernel = Boot();
        int handlers = 0;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (_, _) => handlers++ * 0 });
        int bare = process.Mm.MapCount;
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd);
        process.Mmap(area + 4096ul, 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, fd, 4096);
        Assert.Equal((2, bare + 1), (handlers, process.Mm.MapCount));
        Assert.Equal(2, process.Mm.FindVma(area)!.VmFile!.FCount);
    }

    [Fact]
    public void Remap_pfn_range_marks_the_area_counts_nothing_and_takes_no_reference()
    {
        Kernel kernel = Boot();
        (PagesDriver driver, UserProcess process, UserVirtualAddress area) = Map(kernel, "/dev/remap");
        VmAreaStruct vma = process.Mm.FindVma(area)!;
        Assert.Equal(VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap, vma.VmFlags & (VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap));
        Assert.Equal((0ul, 0ul, 6ul), (process.Mm.FileRss, process.Mm.AnonRss, process.Mm.ReservedVm));
        Assert.All(driver.Pages, page => Assert.Equal((1, 0), (page.Count, page.Mapcount)));
        Assert.Equal(0ul, process.Mm.MinorFaults);
        process.Load<int>(area + 5 * 4096ul);
        Assert.Equal(0ul, process.Mm.MinorFaults);
    }

    [Fact]
    public void Vm_insert_page_counts_the_page_and_keeps_it_alive()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 29, "the pages it allocates");
        (PagesDriver driver, UserProcess process, UserVirtualAddress area) = Map(kernel, "/dev/insert");
        Assert.Equal(VmFlags.InsertPage, process.Mm.FindVma(area)!.VmFlags & (VmFlags.InsertPage | VmFlags.PfnMap));
        Assert.Equal(6ul, process.Mm.FileRss);
        Page page = driver.Pages[2];
        Assert.Equal((2, 1), (page.Count, page.Mapcount));
        process.Store(area + 8192ul, 0x77);
        kernel.RunKernelThread(() =>
        {
            FreePage(page);
            Assert.Equal(1, PageCount(page));
        });
        Assert.Equal(0x77, process.Load<int>(area + 8192ul));
        process.Munmap(area + 8192ul, 4096);
        Assert.Equal((0, 0, 5ul), (page.Count, page.Mapcount, process.Mm.FileRss));
    }

    [Fact]
    public void What_a_driver_may_insert_where()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 5, "the pages it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        Page compound = kernel.Run(() => AllocPages(GfpFlags.Kernel | GfpFlags.Comp, 1))!, block = kernel.Run(() => AllocPages(GfpFlags.Kernel, 1))!;
        UserProcess other = kernel.CreateProcess("other");
        UserVirtualAddress anonymous = other.Mmap(default, 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        other.Store(anonymous, 1);
        Assert.True(kernel.VirtualMemory.Tables.TryFind(other.Mm, anonymous.Value, out PhysicalAddress where));
        Page anonymousPage = kernel.VirtualMemory.Tables.NormalPage(kernel.VirtualMemory.Tables.Read(where))!;

        InMmap(kernel, MapFlags.Shared, vma =>
        {
            Assert.Equal(-EFAULT, VmInsertPage(vma, vma.VmEnd, page));
            Assert.Equal(-EFAULT, VmInsertPage(vma, vma.VmStart - 1ul, page));
            Assert.Equal(-EINVAL, VmInsertPage(vma, vma.VmStart, kernel.Memory.MemoryMap[block.Pfn + 1ul]));
            Assert.Equal(-EINVAL, VmInsertPage(vma, vma.VmStart, anonymousPage));
            Assert.Equal(KernelResult.Success, VmInsertPage(vma, vma.VmStart + 5ul, page));
            Assert.Equal(-EBUSY, VmInsertPage(vma, vma.VmStart, page));
            Assert.Equal(KernelResult.Success, VmInsertPage(vma, vma.VmStart + 4096ul, kernel.Memory.MemoryMap[compound.Pfn + 1ul]));
            return 0;
        });
        Assert.Equal((1, 1), (page.Count, compound.Count));

        InMmap(kernel, MapFlags.Shared, vma =>
        {
            vma.VmFlags |= VmFlags.PfnMap;
            Assert.Equal(-EFAULT, VmInsertPfn(vma, vma.VmEnd, page.Pfn));
            Assert.Equal(KernelResult.Success, VmInsertPfn(vma, vma.VmStart, page.Pfn));
            Assert.Equal(-EBUSY, VmInsertPfn(vma, vma.VmStart, page.Pfn));
            Assert.Equal((1, 0ul), (page.Count, vma.VmMm.FileRss));
            return 0;
        });
    }

    [Fact]
    public void What_C_answers_with_BUG_ON_is_an_oops()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        var pfn = new Pfn(0xE0000);
        Bug("kernel BUG in remap_pfn_range: 0 bytes", MapFlags.Shared, vma => RemapPfnRange(vma, vma.VmStart, pfn, 0, vma.VmPageProt));
        Bug("do not lie within", MapFlags.Shared, vma => RemapPfnRange(vma, vma.VmStart, pfn, vma.Length + 1, vma.VmPageProt));
        Bug("do not lie within", MapFlags.Shared, vma => RemapPfnRange(vma, vma.VmStart, pfn, ulong.MaxValue, vma.VmPageProt));
        Bug("do not lie within", MapFlags.Shared, vma => RemapPfnRange(vma, vma.VmEnd, pfn, 4096, vma.VmPageProt));
        Bug("beyond the physical address space; the argument is a frame number", MapFlags.Shared, vma => RemapPfnRange(vma, vma.VmStart, new Pfn(0xE000_0000), vma.Length, vma.VmPageProt), "DK4014");
        Bug("has an entry already", MapFlags.Shared, vma => RemapPfnRange(vma, vma.VmStart, pfn, 4096, vma.VmPageProt).IsError ? -EIO : RemapPfnRange(vma, vma.VmStart, pfn, 4096, vma.VmPageProt));
        Bug("is not VM_PFNMAP", MapFlags.Shared, vma => VmInsertPfn(vma, vma.VmStart, pfn), "DK4005");
        Bug("is a private writable map", MapFlags.Private, vma =>
        {
            vma.VmFlags |= VmFlags.PfnMap;
            return VmInsertPfn(vma, vma.VmStart, pfn);
        }, "DK4005");
        Assert.Equal(free, kernel.FreePages());

        void Bug(string cause, MapFlags flags, Func<VmAreaStruct, KernelResult> mmap, string? rule = null) => Expect.Oops(cause, () => InMmap(kernel, flags, mmap), rule);
    }

    [Fact]
    public void A_private_writable_remap_must_cover_the_area_and_moves_the_offset_to_the_frame()
    {
        Kernel kernel = Boot();
        InMmap(kernel, MapFlags.Private, vma =>
        {
            Assert.Equal(-EINVAL, RemapPfnRange(vma, vma.VmStart, new Pfn(0xE0000), 4096, vma.VmPageProt));
            Assert.Equal(-EINVAL, RemapPfnRange(vma, vma.VmStart + 4096ul, new Pfn(0xE0000), 4096, vma.VmPageProt));
            Assert.Equal(KernelResult.Success, RemapPfnRange(vma, vma.VmStart, new Pfn(0xE0000), vma.Length, vma.VmPageProt));
            Assert.Equal(0xE0000u, vma.VmPgoff);
            return 0;
        });
    }

    [Fact]
    public void An_area_that_is_gone_cannot_be_filled_any_more()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        VmAreaStruct gone = null!;
        InMmap(kernel, MapFlags.Shared, vma =>
        {
            gone = vma;
            return 0;
        });
        ulong free = kernel.FreePages();
        Expect.OopsIn(kernel, "is no longer mapped", () => RemapPfnRange(gone, gone.VmStart, page.Pfn, 4096, gone.VmPageProt));
        Expect.OopsIn(kernel, "is no longer mapped", () => VmInsertPage(gone, gone.VmStart, page));
        gone.VmFlags |= VmFlags.PfnMap;
        Expect.OopsIn(kernel, "is no longer mapped", () => VmInsertPfn(gone, gone.VmStart, page.Pfn));
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void At_exit_the_close_of_one_area_cannot_fill_another()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        var areas = new List<VmAreaStruct>();
        int closes = 0;
        var operations = new VmOperationsStruct
        {
            Close = closing =>
            {
                closes++;
                foreach (VmAreaStruct vma in areas.Where(vma => vma != closing))
                    VmInsertPage(vma, vma.VmStart, page);
            },
        };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                areas.Add(vma);
                vma.VmOps = operations;
                return 0;
            },
        }));
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        Expect.Oops("is no longer mapped; a driver may not use an area after its close", () => process.Exit());
        Assert.Equal((2, 1, 0, free), (closes, page.Count, page.Mapcount, kernel.FreePages()));
    }

    [Fact]
    public void A_page_table_that_cannot_be_freed_does_not_keep_areas_and_files_open()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "a reserved page is not freed, as on Linux");
        ulong free = kernel.FreePages();
        (PagesDriver driver, UserProcess process, UserVirtualAddress area) = Map(kernel, "/dev/remap");
        Assert.True(kernel.VirtualMemory.Tables.TryFind(process.Mm, area.Value, out PhysicalAddress where));
        kernel.RunKernelThread(() => SetPageReserved(PfnToPage(where.ToPfn())));
        Expect.Oops("Bad page state at __free_pages: PG_reserved is set", () => process.Exit(), "DK3012");
        Assert.Equal((0, 1, 0), (driver.LiveAreas, driver.Releases, driver.RefCount));
        kernel.RemoveModule(driver);
        Assert.Equal(free - 1, kernel.FreePages());
    }

    [Fact]
    public void A_failing_mmap_handler_that_leaves_a_bad_page_behind_pins_no_module()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "a reserved page is not freed, as on Linux");
        int releases = 0;
        var driver = new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                Page page = AllocPage(GfpFlags.Kernel)!;
                Assert.Equal(KernelResult.Success, VmInsertPage(vma, vma.VmStart, page));
                SetPageReserved(page);
                FreePage(page);
                return -ENXIO;
            },
            Release = (_, _) => releases++,
        });
        kernel.InsertModule(driver);
        ulong free = kernel.FreePages();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        Expect.Oops("Bad page state at put_page: PG_reserved is set", () => process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd), "DK3012");
        Assert.Equal((1, 0, free - 1), (releases, driver.RefCount, kernel.FreePages()));
        kernel.RemoveModule(driver);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(int.MaxValue)]
    public void An_mmap_handler_that_returns_a_positive_number_maps_nothing_and_the_process_gets_the_number(int number)
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        int closes = 0, releases = 0;
        Page page = kernel.Run(() => AllocPage(GfpFlags.Kernel))!;
        var operations = new VmOperationsStruct { Close = _ => closes++ };
        var driver = new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                Assert.Equal(KernelResult.Success, VmInsertPage(vma, vma.VmStart, page));
                return number;
            },
            Release = (_, _) => releases++,
        });
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite), bare = process.Mm.MapCount;
        ulong free = kernel.FreePages(), tables = process.Mm.NrPtes;
        Assert.Equal((ulong)number, process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd).Value);
        Assert.Equal((bare, 0ul, tables, 1, 0), (process.Mm.MapCount, process.Mm.FileRss, process.Mm.NrPtes, page.Count, page.Mapcount));
        Assert.Equal(free, kernel.FreePages());
        process.Close(fd);
        Assert.Equal((0, 1, 0), (closes, releases, driver.RefCount));
        kernel.RemoveModule(driver);
    }

    [Theory]
    [InlineData(VmFlags.None, VmFlags.Reserved)]
    [InlineData(VmFlags.None, VmFlags.Io | VmFlags.Locked)]
    [InlineData(VmFlags.Reserved | VmFlags.Locked, VmFlags.None)]
    [InlineData(VmFlags.Io, VmFlags.Locked)]
    public void Flags_that_a_driver_changes_on_a_linked_area_do_not_upset_the_counts(VmFlags first, VmFlags later)
    {
        Kernel kernel = Boot();
        VmAreaStruct area = null!;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                area = vma;
                vma.VmFlags |= first;
                return 0;
            },
            Ioctl = (_, _, _, _) =>
            {
                area.VmFlags = (area.VmFlags & ~(VmFlags.Reserved | VmFlags.Io | VmFlags.Locked)) | later;
                return 0;
            },
        });
        MmStruct mm = process.Mm;
        ulong total = mm.TotalVm;
        UserVirtualAddress start = process.Mmap(default, 6 * 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(((first & (VmFlags.Reserved | VmFlags.Io)) != 0 ? 6ul : 0, (first & VmFlags.Locked) != 0 ? 6ul : 0), (mm.ReservedVm, mm.LockedVm));
        process.Ioctl(fd, 1);
        process.Munmap(start + 2 * 4096ul, 4096);
        Assert.Equal(((later & (VmFlags.Reserved | VmFlags.Io)) != 0 ? 5ul : 0, (later & VmFlags.Locked) != 0 ? 5ul : 0), (mm.ReservedVm, mm.LockedVm));
        process.Munmap(start, 6 * 4096);
        Assert.Equal((0ul, 0ul, 0ul, total), (mm.ReservedVm, mm.LockedVm, mm.SharedVm, mm.TotalVm));
    }

    private static (PagesDriver Driver, UserProcess Process, UserVirtualAddress Area) Map(Kernel kernel, string node)
    {
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 6 * 4096, ReadWrite, MapFlags.Shared, process.Open(node, OpenFlags.ReadWrite));
        driver.Calls.Clear();
        return (driver, process, area);
    }

    /// <summary>Runs a driver's mmap handler for an area of two pages, in a process that then exits.</summary>
    private static void InMmap(Kernel kernel, MapFlags flags, Func<VmAreaStruct, KernelResult> mmap)
    {
        var driver = new TestDriver(new FileOperations { Mmap = (_, vma) => mmap(vma) });
        kernel.InsertModule(driver);
        try
        {
            UserProcess process = kernel.CreateProcess("p");
            process.Mmap(default, 8192, ReadWrite, flags, process.Open(TestDriver.Node, OpenFlags.ReadWrite));
            process.Exit();
        }
        finally
        {
            kernel.RemoveModule(driver);
        }
    }
}
