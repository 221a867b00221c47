using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

/// <summary>What an allocation does when memory is short, with a reclaimer whose answers are known.</summary>
public sealed class SlowPathTests : KernelTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_sleeping_caller_is_served_as_soon_as_reclaim_has_freed_enough(int needed)
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, 1, "the page it allocates");
        machine.Reclaimer.Free = () => machine.Reclaimer.Reclaims < needed ? machine.GiveBack(0, 1) : machine.GiveBack(200);
        Assert.NotNull(machine.Allocate(GfpFlags.Kernel));
        Assert.Equal((needed, 0), (machine.Reclaimer.Reclaims, machine.Reclaimer.Kills));
        Assert.Equal((ulong)needed, machine.Kernel.Memory.VmStat[VmEvent.Allocstall]);
        Assert.False(machine.SlowPath.IsReclaiming);
    }

    [Theory]
    [InlineData(GfpFlags.Atomic)]
    [InlineData(GfpFlags.None)]
    [InlineData(GfpFlags.Fs | GfpFlags.Io)]
    public void A_caller_that_may_not_sleep_wakes_kswapd_and_nothing_else(GfpFlags flags)
    {
        using var machine = new ShortOfMemory(Boot());
        Assert.Null(machine.Allocate(flags));
        Assert.Equal((0, 0, 0), (machine.Reclaimer.Reclaims, machine.Reclaimer.Compactions, machine.Reclaimer.Kills));
        Assert.Equal(machine.Kernel.Memory.PopulatedZones.Reverse(), machine.Reclaimer.Woken);
    }

    [Fact]
    public void Above_the_low_marks_nobody_is_asked_and_below_them_kswapd_is_woken_before_the_reserve_is_opened()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 7020, "the pages it allocates");
        var reclaimer = new Reclaimer();
        kernel.Memory.PageAllocator.SlowPath.Reclaimer = reclaimer;
        Zone[] zones = [.. kernel.Memory.PopulatedZones];
        ulong Keep(Zone zone, ulong mark) => mark + zone.LowmemReserve[(int)ZoneType.Normal];
        kernel.RunKernelThread(() =>
        {
            while (reclaimer.Woken.Count == 0)
            {
                Assert.Contains(zones, zone => zone.FreePages > Keep(zone, zone.PagesMin));
                Assert.NotNull(AllocPages(GfpFlags.Kernel, 0));
            }
        });
        Assert.All(zones, zone => Assert.InRange(zone.FreePages, Keep(zone, zone.PagesMin), Keep(zone, zone.PagesLow)));
        Assert.Equal(0, reclaimer.Reclaims);
    }

    [Fact]
    public void When_nothing_can_be_freed_the_OOM_killer_is_asked_until_there_is_room()
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, 1, "the page it allocates");
        machine.Reclaimer.Kill = () => machine.Reclaimer.Kills < 3 || machine.GiveBack(200) != 0;
        Assert.NotNull(machine.Allocate(GfpFlags.Kernel));
        Assert.Equal((3, 6), (machine.Reclaimer.Kills, machine.Reclaimer.Reclaims));
    }

    [Fact]
    public void When_nobody_is_left_to_kill_the_allocation_fails_once_and_is_logged()
    {
        using var machine = new ShortOfMemory(Boot());
        Assert.Null(machine.Allocate(GfpFlags.Kernel));
        Assert.Equal((2, 1), (machine.Reclaimer.Reclaims, machine.Reclaimer.Kills));
        Assert.Contains("kthread: page allocation failure. order:0, mode:0xd0", machine.Kernel.LogLines());
    }

    [Theory]
    [InlineData(GfpFlags.NoFs, 0, 2)]
    [InlineData(GfpFlags.NoIo, 0, 2)]
    [InlineData(GfpFlags.Kernel | GfpFlags.NoRetry, 0, 1)]
    [InlineData(GfpFlags.Kernel, 4, 1)]
    [InlineData(GfpFlags.Kernel | GfpFlags.Repeat, 4, 2)]
    public void The_OOM_killer_is_for_small_blocks_of_callers_that_may_enter_a_file_system_and_try_again(GfpFlags flags, int order, int rounds)
    {
        using var machine = new ShortOfMemory(Boot());
        machine.Reclaimer.Kill = () => true;
        Assert.Null(machine.Allocate(flags, order));
        Assert.Equal((rounds, 0), (machine.Reclaimer.Reclaims, machine.Reclaimer.Kills));
    }

    [Theory]
    [InlineData(GfpFlags.Kernel, 4, 1)]
    [InlineData(GfpFlags.Kernel | GfpFlags.NoRetry, 0, 1)]
    [InlineData(GfpFlags.Kernel, 0, 5)]
    [InlineData(GfpFlags.NoFs, 3, 5)]
    [InlineData(GfpFlags.Kernel | GfpFlags.Repeat, 4, 5)]
    [InlineData(GfpFlags.Kernel | GfpFlags.NoFail, 4, 5)]
    public void Progress_that_is_not_enough_yet_is_repeated_for_small_blocks_and_for_those_who_insist(GfpFlags flags, int order, int rounds)
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, null, "the pages it allocates");
        machine.Reclaimer.Free = () => machine.Reclaimer.Reclaims < 5 ? machine.GiveBack(0, 1) : machine.GiveBack(2000);
        Assert.Equal(rounds == 5, machine.Allocate(flags, order) is not null);
        Assert.Equal(rounds, machine.Reclaimer.Reclaims);
    }

    [Fact]
    public void Reclaim_that_claims_progress_for_ever_and_frees_nothing_is_given_up()
    {
        using var machine = new ShortOfMemory(Boot());
        machine.Reclaimer.Free = () => 32;
        Assert.Null(machine.Allocate(GfpFlags.Kernel));
        Assert.Equal((16, 1), (machine.Reclaimer.Reclaims, machine.Reclaimer.Kills));
    }

    [Fact]
    public void What_reclaim_allocates_comes_from_below_the_marks_without_reclaim_in_reclaim()
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, 2, "the pages it allocates, one in each round");
        ulong free = machine.Kernel.FreePages();
        Page? own = null, modest = null;
        bool reclaiming = false;
        machine.Reclaimer.Free = () =>
        {
            reclaiming = machine.SlowPath.IsReclaiming;
            own = AllocPage(GfpFlags.NoIo);
            modest = AllocPage(GfpFlags.NoIo | GfpFlags.NoMemAlloc | GfpFlags.NoWarn);
            return 0;
        };
        Assert.Null(machine.Allocate(GfpFlags.NoFs));
        Assert.True(reclaiming);
        Assert.NotNull(own);
        Assert.Null(modest);
        Assert.Equal((2, free - 2), (machine.Reclaimer.Reclaims, machine.Kernel.FreePages()));
        Assert.Equal(machine.Kernel.Memory.PopulatedZones.Count(), machine.Reclaimer.Woken.Count);
    }

    [Fact]
    public void Reclaim_can_use_the_last_page_and_then_fails_too()
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, 84, "the pages it allocates");
        int taken = 0;
        machine.Reclaimer.Free = () =>
        {
            while (AllocPage(GfpFlags.NoIo | GfpFlags.NoWarn) is not null)
                taken++;
            return 0;
        };
        ulong free = machine.Kernel.FreePages();
        Assert.Null(machine.Allocate(GfpFlags.NoFs));
        Assert.Equal((free, 0ul), ((ulong)taken, machine.Kernel.FreePages()));
    }

    [Fact]
    public void A_bug_in_reclaim_does_not_leave_the_marks_open()
    {
        using var machine = new ShortOfMemory(Boot());
        machine.Reclaimer.Free = () => throw new KernelOopsException("reclaim is broken");
        Expect.OopsIn(machine.Kernel, "reclaim is broken", () => AllocPage(GfpFlags.Kernel));
        Assert.False(machine.SlowPath.IsReclaiming);
    }

    [Fact]
    public void No_fail_is_served_by_a_kill_and_stops_the_machine_when_there_is_nobody_to_kill()
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, 100, "the pages it allocates, those of the reserve too");
        machine.Reclaimer.Kill = () => machine.GiveBack(2000) != 0;
        Assert.NotNull(machine.Allocate(GfpFlags.Kernel | GfpFlags.NoFail, 4));
        machine.Exhaust();
        machine.Reclaimer.Kill = () => false;
        ulong reserve = machine.Kernel.FreePages(), taken = 0;
        Expect.OopsIn(machine.Kernel, "Out of memory and no killable processes", () =>
        {
            for (; taken <= reserve; taken++)
                AllocPage(GfpFlags.Kernel | GfpFlags.NoFail);
        });
        Assert.Equal(reserve, taken);
    }

    [Fact]
    public void A_large_block_is_compacted_for_before_anything_is_reclaimed()
    {
        using var machine = new ShortOfMemory(Boot());
        Keeps(machine.Kernel, 16, "the pages it allocates");
        machine.Reclaimer.Compact = () => machine.GiveBack(2000) != 0;
        Assert.NotNull(machine.Allocate(GfpFlags.Kernel, 4));
        Assert.Equal((1, 0), (machine.Reclaimer.Compactions, machine.Reclaimer.Reclaims));
        VmStat stat = machine.Kernel.Memory.VmStat;
        Assert.Equal((1ul, 1ul, 0ul), (stat[VmEvent.CompactStall], stat[VmEvent.CompactSuccess], stat[VmEvent.CompactFail]));
    }

    [Fact]
    public void A_small_block_is_reclaimed_for_before_anything_is_compacted_and_a_single_page_never_is()
    {
        using var machine = new ShortOfMemory(Boot());
        machine.Reclaimer.Compact = () => machine.Reclaimer.Reclaims > 0;
        Assert.Null(machine.Allocate(GfpFlags.Kernel, 2));
        Assert.Equal((2, 2), (machine.Reclaimer.Compactions, machine.Reclaimer.Reclaims));
        VmStat stat = machine.Kernel.Memory.VmStat;
        Assert.Equal((2ul, 0ul, 2ul), (stat[VmEvent.CompactStall], stat[VmEvent.CompactSuccess], stat[VmEvent.CompactFail]));
        Assert.Null(machine.Allocate(GfpFlags.Kernel));
        Assert.Null(machine.Allocate(GfpFlags.NoIo, 2));
        Assert.Equal(2, machine.Reclaimer.Compactions);
    }

    [Fact]
    public void Compaction_that_was_not_tried_is_not_counted()
    {
        using var machine = new ShortOfMemory(Boot());
        Assert.Null(machine.Allocate(GfpFlags.Kernel, 5));
        Assert.Equal(2, machine.Reclaimer.Compactions);
        Assert.Equal(0ul, machine.Kernel.Memory.VmStat[VmEvent.CompactStall]);
    }

    [Fact]
    public void Allocations_and_frees_are_counted_by_zone()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 1, "the page it allocates");
        VmStat stat = kernel.Memory.VmStat;
        ulong[] Counters() => [stat[VmEvent.PgallocDma], stat[VmEvent.PgallocDma32], stat[VmEvent.PgallocNormal], stat[VmEvent.PgallocHigh], stat[VmEvent.Pgfree]];
        ulong[] before = Counters();
        kernel.RunKernelThread(() =>
        {
            Page dma = AllocPages(GfpFlags.Kernel | GfpFlags.Dma, 3)!, normal = AllocPages(GfpFlags.Kernel, 1)!, high = AllocPages(GfpFlags.HighUser, 0)!;
            FreePages(dma, 3);
            FreePages(normal, 1);
            Assert.NotNull(high);
        });
        Assert.Equal([8ul, 0, 2, 1, 10], Counters().Zip(before, (now, then) => now - then));
    }

    /// <summary>A machine whose memory is all taken, down to where even an atomic caller gets nothing.</summary>
    private sealed class ShortOfMemory : IDisposable
    {
        private readonly List<Page> _held = [];

        public ShortOfMemory(Kernel kernel)
        {
            Kernel = kernel;
            Exhaust();
            SlowPath.Reclaimer = Reclaimer;
        }

        public Kernel Kernel { get; }

        public Reclaimer Reclaimer { get; } = new();

        public AllocationSlowPath SlowPath => Kernel.Memory.PageAllocator.SlowPath;

        public void Exhaust()
        {
            SlowPath.Reclaimer = null;
            Kernel.RunKernelThread(() =>
            {
                while (AllocPages(GfpFlags.Atomic | GfpFlags.NoWarn, 0) is { } page)
                    _held.Add(page);
            });
            SlowPath.Reclaimer = Reclaimer;
        }

        public Page? Allocate(GfpFlags flags, int order = 0) => Kernel.Run(() => AllocPages(flags, order));

        /// <summary>Frees some of the pages taken, and says another number if told to.</summary>
        public ulong GiveBack(int pages, ulong? claim = null)
        {
            for (int i = 0; i < pages; i++)
            {
                Kernel.Memory.PageAllocator.Free(_held[^1], 0);
                _held.RemoveAt(_held.Count - 1);
            }

            return claim ?? (ulong)pages;
        }

        /// <summary>The memory goes back.</summary>
        public void Dispose()
        {
            SlowPath.Reclaimer = null;
            GiveBack(_held.Count);
        }
    }

    private sealed class Reclaimer : IMemoryReclaimer
    {
        public Func<ulong> Free { get; set; } = () => 0;

        public Func<bool> Compact { get; set; } = () => false;

        public Func<bool> Kill { get; set; } = () => false;

        public List<Zone> Woken { get; } = [];

        public int Reclaims { get; private set; }

        public int Compactions { get; private set; }

        public int Kills { get; private set; }

        public void WakeKswapd(Zone zone, int order) => Woken.Add(zone);

        public ulong TryToFreePages(Zone[] zoneList, int order, GfpFlags flags)
        {
            Reclaims++;
            return Free();
        }

        public bool TryToCompact(Zone[] zoneList, int order, GfpFlags flags)
        {
            Compactions++;
            return Compact();
        }

        public bool OutOfMemory(GfpFlags flags, int order)
        {
            Kills++;
            return Kill();
        }
    }
}
