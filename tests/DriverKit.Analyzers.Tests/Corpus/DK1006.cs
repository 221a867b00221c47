// DK1006 Count of disabled preemption, bottom halves or interrupts out of balance
//// buggy error_path_keeps_preemption_off
public sealed class Slots
{
    private readonly int[] _slots = new int[4];

    public KernelResult Store(int value)
    {
        PreemptDisable(); // DK1006
        int cpu = SmpProcessorId();
        if (cpu >= _slots.Length)
            return -EINVAL;
        _slots[cpu] = value;
        PreemptEnable();
        return 0;
    }
}
//// correct error_path_turns_it_on
public sealed class Slots
{
    private readonly int[] _slots = new int[4];

    public KernelResult Store(int value)
    {
        PreemptDisable();
        int cpu = SmpProcessorId();
        if (cpu >= _slots.Length)
        {
            PreemptEnable();
            return -EINVAL;
        }

        _slots[cpu] = value;
        PreemptEnable();
        return 0;
    }
}
//// buggy enabled_more_often_than_disabled
public sealed class Stats
{
    private ulong _bytes;

    public void Add(ulong bytes, bool fromProcess)
    {
        if (fromProcess)
            LocalBhDisable();
        _bytes += bytes;
        LocalBhEnable(); // DK1006
    }
}
//// correct enabled_where_it_was_disabled
public sealed class Stats
{
    private ulong _bytes;

    public void Add(ulong bytes, bool fromProcess)
    {
        if (fromProcess)
            LocalBhDisable();
        _bytes += bytes;
        if (fromProcess)
            LocalBhEnable();
    }
}
//// buggy loop_that_goes_on_without_enabling
public sealed class Scan
{
    private readonly bool[] _used = new bool[8];
    private int _found;

    public void Count()
    {
        for (int i = 0; i < _used.Length; i++)
        {
            PreemptDisable(); // DK1006
            if (!_used[i])
                continue;
            _found++;
            PreemptEnable();
        }
    }
}
//// correct loop_that_rebalances
public sealed class Scan
{
    private readonly bool[] _used = new bool[8];
    private int _found;

    public void Count()
    {
        PreemptDisable();
        for (int i = 0; i < _used.Length; i++)
        {
            if (!_used[i])
                continue;
            PreemptEnable();
            _found++;
            PreemptDisable();
        }

        PreemptEnable();
    }
}
//// buggy saved_and_not_restored_on_the_way_out
public sealed class Clock
{
    private readonly IoAddress _registers;

    public Clock(IoAddress registers) => _registers = registers;

    public KernelResult Latch(out uint value)
    {
        LocalIrqSave(out IrqFlags flags); // DK1006
        Writel(1, _registers);
        value = Readl(_registers + 4);
        if (value == uint.MaxValue)
            return -EIO;
        LocalIrqRestore(flags);
        return 0;
    }
}
//// correct restored_in_finally
public sealed class Clock
{
    private readonly IoAddress _registers;

    public Clock(IoAddress registers) => _registers = registers;

    public KernelResult Latch(out uint value)
    {
        LocalIrqSave(out IrqFlags flags);
        try
        {
            Writel(1, _registers);
            value = Readl(_registers + 4);
            return value == uint.MaxValue ? -EIO : 0;
        }
        finally
        {
            LocalIrqRestore(flags);
        }
    }
}
//// buggy read_section_left_open
public sealed class Lookup
{
    private object? _table;

    public KernelResult Find(object wanted)
    {
        RcuReadLock(); // DK1006
        object? table = RcuDereference(in _table);
        if (table is null)
            return -ENOENT;
        bool found = table.Equals(wanted);
        RcuReadUnlock();
        return found ? 0 : -ENOENT;
    }
}
//// correct read_section_closed_before_the_question
public sealed class Lookup
{
    private object? _table;

    public KernelResult Find(object wanted)
    {
        RcuReadLock();
        object? table = RcuDereference(in _table);
        bool found = table?.Equals(wanted) == true;
        RcuReadUnlock();
        if (table is null)
            return -ENOENT;
        return found ? 0 : -ENOENT;
    }
}
//// buggy through_helpers_and_a_switch
public sealed class Modes
{
    private int _depth;

    public KernelResult Run(int mode)
    {
        Enter(); // DK1006
        switch (mode)
        {
            case 0:
                Leave();
                return 0;
            case 1:
                return -EINVAL;
            default:
                Leave();
                return -ENOTTY;
        }
    }

    private void Enter()
    {
        PreemptDisable();
        _depth++;
    }

    private void Leave()
    {
        _depth--;
        PreemptEnable();
    }
}
//// correct helpers_that_enter_and_leave
public sealed class Modes
{
    private int _depth;

    public KernelResult Run(int mode)
    {
        Enter();
        KernelResult result = mode switch { 0 => 0, 1 => -EINVAL, _ => -ENOTTY };
        Leave();
        return result;
    }

    private void Enter()
    {
        PreemptDisable();
        _depth++;
    }

    private void Leave()
    {
        _depth--;
        PreemptEnable();
    }
}
//// buggy file_operation_returns_with_interrupts_off
public sealed class QuietModule : KernelModule
{
    private readonly MiscDevice _misc;

    public QuietModule() => _misc = new() { Name = "quiet", Fops = new() { Owner = this, Open = Open } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Open(Inode inode, OpenFile filp)
    {
        LocalIrqDisable(); // DK1006
        return 0;
    }
}
//// correct helper_tells_by_its_result
public sealed class Gate
{
    private readonly AtomicT _closed = new();

    public KernelResult Pass()
    {
        if (!TryEnter())
            return -EBUSY;
        AtomicInc(_closed);
        PreemptEnable();
        return 0;
    }

    private bool TryEnter()
    {
        PreemptDisable();
        if (AtomicRead(_closed) == 0)
            return true;
        PreemptEnable();
        return false;
    }
}
//// buggy one_report_though_the_ioctl_handler_passes_it_on
public sealed class LampModule : KernelModule
{
    private readonly MiscDevice _misc;
    private ulong _level;

    public LampModule() => _misc = new() { Name = "lamp", Fops = new() { Owner = this, UnlockedIoctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command == 0 ? Set(argument) : -ENOTTY;

    private KernelResult Set(ulong level)
    {
        PreemptDisable(); // DK1006
        if (level > 10)
            return -EINVAL;
        _level = level;
        PreemptEnable();
        return 0;
    }
}
