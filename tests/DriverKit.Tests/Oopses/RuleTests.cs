using DriverKit.Hardware;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Oopses;

/// <summary>A report names the rule of the catalogue that was broken; where two could be meant, the one the analyzers would report.</summary>
public sealed class RuleTests : KernelTest
{
    [Fact]
    public void Every_rule_has_a_title_and_comes_once() =>
        Assert.Equal(KernelRule.All.Select(rule => rule.Id).Distinct().Order(StringComparer.Ordinal), KernelRule.All.Select(rule => rule.Id));

    [Fact]
    public void A_report_names_rule_title_and_page()
    {
        KernelOopsException oops = Expect.OopsIn(Boot(), "spinlock recursion", () =>
        {
            var gate = new Spinlock();
            SpinLock(gate);
            SpinLock(gate);
        }, "DK7001");
        Assert.Contains($"\nRule: DK7001 {KernelRule.DoubleLock.Title}; see docs/rules/DK7001.md\n", oops.Report);
    }

    /// <summary>What was taken last is what must not be slept under.</summary>
    [Fact]
    public void Of_a_slot_and_a_lock_the_inner_one_counts()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, null, "pages and locks of threads that died");
        var gate = new Spinlock();
        Expect.OopsIn(kernel, "might_sleep()", () =>
        {
            SpinLock(new Spinlock());
            KmapAtomic(AllocPage(GfpFlags.Atomic | GfpFlags.HighMem)!, KmType.User0);
            MightSleep();
        }, "DK1002");
        Expect.OopsIn(kernel, "might_sleep()", () =>
        {
            KmapAtomic(AllocPage(GfpFlags.HighUser)!, KmType.User0);
            SpinLock(gate);
            MightSleep();
        }, "DK1001");
        Expect.OopsIn(kernel, "might_sleep()", () =>
        {
            SpinLock(new Spinlock());
            Page page = AllocPage(GfpFlags.Atomic | GfpFlags.HighMem)!;
            KunmapAtomic(KmapAtomic(page, KmType.User0), KmType.User0);
            MightSleep();
        }, "DK1001");
    }

    /// <summary>A handler that holds nothing itself is at fault as a handler; what it has interrupted does not matter.</summary>
    [Theory]
    [InlineData(false, "DK1005")]
    [InlineData(true, "DK1001")]
    public void In_a_handler_its_own_lock_counts(bool takesLock, string rule)
    {
        Kernel kernel = Boot();
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) =>
            {
                if (takesLock)
                    SpinLock(new Spinlock());
                Msleep(1);
                return IrqHandled;
            }, Irqf.None, "bad", null));
            PreemptDisable();
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
        });
        Expect.Oops("msleep()", kernel.Run, rule);
    }

    [Fact]
    public void A_lock_that_the_interrupted_code_holds_is_not_safe_against_interrupts()
    {
        Kernel kernel = Boot();
        var gate = new Spinlock("gate");
        kernel.SpawnKernelThread("driver", () =>
        {
            Assert.Equal(0, RequestIrq(7, (_, _) =>
            {
                SpinLock(gate);
                SpinUnlock(gate);
                return IrqHandled;
            }, Irqf.None, "bad", null));
            SpinLock(gate);
            kernel.Machine.Interrupts[7].Raise();
            Printk("a point");
            SpinUnlock(gate);
        });
        Expect.Oops("spinlock recursion", kernel.Run, "DK7005");
    }

    [Fact]
    public void What_a_call_leaves_held_is_named_by_its_kind()
    {
        foreach ((Action left, string rule) in new (Action, string)[]
        {
            (PreemptDisable, "DK1006"),
            (() => ReadLock(new Rwlock()), "DK7003"),
            (() => KmapAtomic(AllocPage(GfpFlags.HighUser)!, KmType.User0), "DK3003"),
        })
        {
            Kernel kernel = BootWithHighMemory();
            Keeps(kernel, null, "the page that stays mapped");
            (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
            {
                Fsync = _ =>
                {
                    left();
                    return 0;
                },
            });
            Expect.Oops("scheduling while atomic", () => process.Fsync(fd), rule);
        }
    }

    [Fact]
    public void A_pointer_into_the_process_is_told_from_a_number_that_is_nothing()
    {
        Kernel kernel = Boot();
        UserVirtualAddress buffer = default;
        Action<UserVirtualAddress> use = _ => { };
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Fsync = _ =>
            {
                use(buffer);
                return 0;
            },
        }));
        Check("kernel paging request", user => Load<int>(new KernelVirtualAddress(user.Value)), "DK2007");
        Check("kernel paging request", _ => Load<int>(new KernelVirtualAddress(0x1000_0000)), "DK2002");
        Check("copy_to_user() got", user => _ = CopyToUser(user, new KernelVirtualAddress(user.Value), 4), "DK2008");
        Check("copy_from_user() got", user => _ = CopyFromUser(new KernelVirtualAddress(user.Value), user, 4), "DK2008");
        Check("__copy_to_user_inatomic() got", user => _ = CopyToUserInatomic(user, new KernelVirtualAddress(user.Value), 4), "DK2008");

        void Check(string cause, Action<UserVirtualAddress> action, string rule)
        {
            UserProcess process = kernel.CreateProcess("user");
            buffer = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
            use = action;
            Expect.Oops(cause, () => process.Fsync(process.Open(TestDriver.Node)), rule);
        }
    }

    [Fact]
    public void A_page_that_is_freed_while_a_process_maps_it_is_not_a_double_release()
    {
        Kernel kernel = Boot();
        Keeps(kernel, null, "the page that cannot be freed");
        Page page = null!;
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) => VmInsertPage(vma, vma.VmStart, page),
            Fsync = _ =>
            {
                PutPage(page);
                PutPage(page);
                return 0;
            },
        }));
        kernel.RunKernelThread(() => page = AllocPage(GfpFlags.Kernel)!);
        UserProcess process = kernel.CreateProcess("user");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Expect.Oops("a process still maps it", () => process.Fsync(fd), "DK3010");
    }

    [Fact]
    public void Remapping_outside_of_mmap_is_found_when_the_entries_are_there()
    {
        Kernel kernel = Boot();
        VmAreaStruct area = null!;
        KernelResult Remap() => RemapPfnRange(area, area.VmStart, new Pfn(0xE0000), area.Length, area.VmPageProt);
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Mmap = (_, vma) =>
            {
                area = vma;
                return Remap();
            },
            Fsync = _ => Remap(),
        }));
        UserProcess process = kernel.CreateProcess("user");
        int fd = process.Open(TestDriver.Node, OpenFlags.ReadWrite);
        process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Expect.Oops("has an entry already", () => process.Fsync(fd), "DK4008");
    }

    [Fact]
    public void A_device_that_a_failed_Init_leaves_behind_leads_nowhere()
    {
        Kernel kernel = Boot();
        Expect.Errno(Errno.ENOMEM, () => kernel.InsertModule(new HalfModule()));
        UserProcess process = kernel.CreateProcess("user");
        Expect.Oops("its Init has failed and left the device behind", () => process.Open("/dev/half"), "DK8003");
    }

    [Fact]
    public void Two_locks_in_two_orders_are_a_circle()
    {
        Kernel kernel = Boot();
        KernelMutex a = new("a"), b = new("b");
        void Take(KernelMutex first, KernelMutex second)
        {
            MutexLock(first);
            Msleep(1);
            MutexLock(second);
        }

        kernel.SpawnKernelThread("one", () => Take(a, b));
        kernel.SpawnKernelThread("two", () => Take(b, a));
        DeadlockException deadlock = Assert.Throws<DeadlockException>(kernel.Run);
        Assert.Equal("DK7004", deadlock.Rule?.Id);
        Assert.EndsWith($"\nRule: DK7004 {KernelRule.LockOrderInversion.Title}; see docs/rules/DK7004.md", deadlock.Report);
    }

    [Fact]
    public void A_wake_up_that_sleep_on_has_missed_is_its_fault_and_no_other_wait_is()
    {
        foreach ((Action<WaitQueueHead> wait, string? rule) in new (Action<WaitQueueHead>, string?)[] { (SleepOn, "DK8010"), (queue => WaitEvent(queue, () => false), null) })
        {
            Kernel kernel = Boot();
            var queue = new WaitQueueHead("queue");
            kernel.SpawnKernelThread("waiter", () => wait(queue));
            Assert.Equal(rule, Assert.Throws<DeadlockException>(kernel.Run).Rule?.Id);
        }
    }

    /// <summary>Registers its device before it has all it needs.</summary>
    private sealed class HalfModule : KernelModule
    {
        private readonly MiscDevice _device;

        public HalfModule() => _device = new MiscDevice { Name = "half", Fops = new FileOperations { Owner = this } };

        public override KernelResult Init() => MiscRegister(_device).IsError ? -EBUSY : -ENOMEM;
    }
}
