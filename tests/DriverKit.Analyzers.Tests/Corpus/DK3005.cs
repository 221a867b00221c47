// DK3005 kmap_atomic slot of another context

//// buggy user_slot_in_an_interrupt_handler
internal sealed class CardModule(Page page) : KernelModule
{
    public override KernelResult Init() => RequestIrq(5, Handle, Irqf.None, Name, this);

    public override void Exit() => FreeIrq(5, this);

    private IrqReturn Handle(int irq, object? devId)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0); // DK3005
        Store(mapped, (uint)irq);
        KunmapAtomic(mapped, KmType.User0);
        return IrqReturn.Handled;
    }
}

//// correct irq_slot_in_an_interrupt_handler
internal sealed class CardModule(Page page) : KernelModule
{
    public override KernelResult Init() => RequestIrq(5, Handle, Irqf.None, Name, this);

    public override void Exit() => FreeIrq(5, this);

    private IrqReturn Handle(int irq, object? devId)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.Irq0);
        Store(mapped, (uint)irq);
        KunmapAtomic(mapped, KmType.Irq0);
        return IrqReturn.Handled;
    }
}

//// buggy user_slot_in_a_timer_function
internal sealed class Counter(Page page)
{
    private readonly TimerList _timer = new();

    public void Start()
    {
        SetupTimer(_timer, Tick, null);
        ModTimer(_timer, 100);
    }

    public void Stop() => DelTimerSync(_timer);

    private void Tick(object? data)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User1); // DK3005
        Store(mapped, Load<uint>(mapped) + 1);
        KunmapAtomic(mapped, KmType.User1);
    }
}

//// correct softirq_slot_in_a_timer_function
internal sealed class Counter(Page page)
{
    private readonly TimerList _timer = new();

    public void Start()
    {
        SetupTimer(_timer, Tick, null);
        ModTimer(_timer, 100);
    }

    public void Stop() => DelTimerSync(_timer);

    private void Tick(object? data)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.Softirq0);
        Store(mapped, Load<uint>(mapped) + 1);
        KunmapAtomic(mapped, KmType.Softirq0);
    }
}

//// buggy irq_slot_in_a_read_operation
internal sealed class Status(Page page)
{
    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Read = Read };

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count < sizeof(uint))
            return -EINVAL;
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.Irq0); // DK3005
        uint word = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.Irq0);
        return PutUser(word, buffer).IsError ? -EFAULT : sizeof(uint);
    }
}

//// correct user_slot_in_a_read_operation
internal sealed class Status(Page page)
{
    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Read = Read };

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count < sizeof(uint))
            return -EINVAL;
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        uint word = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.User0);
        return PutUser(word, buffer).IsError ? -EFAULT : sizeof(uint);
    }
}

//// buggy helper_with_a_user_slot_called_by_a_tasklet
internal sealed class Receiver
{
    private readonly Page _page;
    private readonly TaskletStruct _tasklet;

    public Receiver(Page page)
    {
        _page = page;
        _tasklet = new(Drain);
    }

    public void Kick() => TaskletSchedule(_tasklet);

    public void Stop() => TaskletKill(_tasklet);

    private void Drain(object? data) => Clear(_page); // DK3005

    private static void Clear(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, KmType.User0);
    }
}

//// correct helper_with_the_slot_its_caller_chooses
internal sealed class Receiver
{
    private readonly Page _page;
    private readonly TaskletStruct _tasklet;

    public Receiver(Page page)
    {
        _page = page;
        _tasklet = new(Drain);
    }

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Fsync = Fsync };

    public void Kick() => TaskletSchedule(_tasklet);

    public void Stop() => TaskletKill(_tasklet);

    private void Drain(object? data) => Clear(_page, KmType.Softirq0);

    private KernelResult Fsync(OpenFile filp)
    {
        Clear(_page, KmType.User0);
        return 0;
    }

    private static void Clear(Page page, KmType slot)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, slot);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, slot);
    }
}

//// buggy helper_gets_the_users_slot_from_an_interrupt_handler
internal sealed class LineModule(Page page) : KernelModule
{
    public override KernelResult Init() => RequestIrq(7, Handle, Irqf.None, Name, this);

    public override void Exit() => FreeIrq(7, this);

    private IrqReturn Handle(int irq, object? devId)
    {
        Mark(page, KmType.User0); // DK3005
        return IrqReturn.Handled;
    }

    private static void Mark(Page page, KmType slot)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, slot);
        Store(mapped, 1u);
        KunmapAtomic(mapped, slot);
    }
}

//// correct helper_asks_where_it_is
internal sealed class LineModule(Page page) : KernelModule
{
    public override KernelResult Init() => RequestIrq(7, Handle, Irqf.None, Name, this);

    public override void Exit() => FreeIrq(7, this);

    private IrqReturn Handle(int irq, object? devId)
    {
        Mark(page, InIrq() ? KmType.Irq0 : KmType.User0);
        return IrqReturn.Handled;
    }

    private static void Mark(Page page, KmType slot)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, slot);
        Store(mapped, 1u);
        KunmapAtomic(mapped, slot);
    }
}

//// buggy irq_slot_in_an_ioctl_with_interrupts_on_again
internal sealed class Control(Page page)
{
    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = Ioctl };

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 1:
                LocalIrqSave(out IrqFlags flags);
                uint line = Load<uint>(PageAddress(page));
                LocalIrqRestore(flags);
                KernelVirtualAddress mapped = KmapAtomic(page, KmType.Irq1); // DK3005
                Store(mapped, line + 1);
                KunmapAtomic(mapped, KmType.Irq1);
                return 0;
            default:
                return -ENOTTY;
        }
    }
}

//// correct irq_slot_in_an_ioctl_with_interrupts_off
internal sealed class Control(Page page)
{
    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Ioctl = Ioctl };

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 1:
                LocalIrqSave(out IrqFlags flags);
                KernelVirtualAddress mapped = KmapAtomic(page, KmType.Irq1);
                Store(mapped, 1u);
                KunmapAtomic(mapped, KmType.Irq1);
                LocalIrqRestore(flags);
                return 0;
            default:
                return -ENOTTY;
        }
    }
}

//// buggy lambda_as_interrupt_handler
internal sealed class PadModule(Page page) : KernelModule
{
    public override KernelResult Init() =>
        RequestIrq(
            7,
            (irq, devId) =>
            {
                KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0); // DK3005
                Store(mapped, 1u);
                KunmapAtomic(mapped, KmType.User0);
                return IrqReturn.Handled;
            },
            Irqf.None,
            Name,
            this);

    public override void Exit() => FreeIrq(7, this);
}

//// correct user_slot_in_a_work_function
internal sealed class Writer
{
    private readonly Page _page;
    private readonly WorkStruct _work;

    public Writer(Page page)
    {
        _page = page;
        _work = new(Write);
    }

    public void Kick() => ScheduleWork(_work);

    public void Stop() => FlushScheduledWork();

    private void Write(WorkStruct work)
    {
        KernelVirtualAddress mapped = KmapAtomic(_page, KmType.User0);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, KmType.User0);
    }
}

//// correct irq_slot_under_a_lock_that_turns_interrupts_off
internal sealed class Log(Page page)
{
    private readonly Spinlock _lock = new();

    public FileOperations Operations(KernelModule owner) => new() { Owner = owner, Fsync = Fsync };

    private KernelResult Fsync(OpenFile filp)
    {
        SpinLockIrq(_lock);
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.Irq0);
        Store(mapped, 0u);
        KunmapAtomic(mapped, KmType.Irq0);
        SpinUnlockIrq(_lock);
        return 0;
    }
}
