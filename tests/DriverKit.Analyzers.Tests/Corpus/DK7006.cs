// DK7006 Saved interrupt flags misused
//// buggy two_saves_in_one_variable
// The kernel's flags.cocci: the second save overwrites what the first one has saved.
public sealed class Cross
{
    private readonly Spinlock _rx = new("rx");
    private readonly Spinlock _tx = new("tx");
    private int _moved;

    public void Move()
    {
        SpinLockIrqsave(_rx, out IrqFlags flags);
        SpinLockIrqsave(_tx, out flags); // DK7006
        _moved++;
        SpinUnlockIrqrestore(_tx, flags);
        SpinUnlockIrqrestore(_rx, flags);
    }
}
//// correct two_saves_in_two_variables
public sealed class Cross
{
    private readonly Spinlock _rx = new("rx");
    private readonly Spinlock _tx = new("tx");
    private int _moved;

    public void Move()
    {
        SpinLockIrqsave(_rx, out IrqFlags flags);
        SpinLockIrqsave(_tx, out IrqFlags inner);
        _moved++;
        SpinUnlockIrqrestore(_tx, inner);
        SpinUnlockIrqrestore(_rx, flags);
    }
}
//// buggy unlock_irq_where_interrupts_were_off
public sealed class Strobe
{
    private readonly Spinlock _lock = new("strobe");
    private int _pulses;

    public void Pulse()
    {
        LocalIrqSave(out IrqFlags flags);
        SpinLockIrq(_lock);
        _pulses++;
        SpinUnlockIrq(_lock); // DK7006
        Udelay(1);
        LocalIrqRestore(flags);
    }
}
//// correct plain_lock_where_interrupts_were_off
public sealed class Strobe
{
    private readonly Spinlock _lock = new("strobe");
    private int _pulses;

    public void Pulse()
    {
        LocalIrqSave(out IrqFlags flags);
        SpinLock(_lock);
        _pulses++;
        SpinUnlock(_lock);
        Udelay(1);
        LocalIrqRestore(flags);
    }
}
//// buggy helper_turns_them_on
public sealed class Panel
{
    private readonly Spinlock _outer = new("outer");
    private readonly Spinlock _inner = new("inner");
    private int _rows, _columns;

    public void Draw()
    {
        SpinLockIrqsave(_outer, out IrqFlags flags);
        _rows++;
        DrawColumn(); // DK7006
        SpinUnlockIrqrestore(_outer, flags);
    }

    private void DrawColumn()
    {
        SpinLockIrq(_inner);
        _columns++;
        SpinUnlockIrq(_inner);
    }
}
//// correct helper_saves_them_itself
public sealed class Panel
{
    private readonly Spinlock _outer = new("outer");
    private readonly Spinlock _inner = new("inner");
    private int _rows, _columns;

    public void Draw()
    {
        SpinLockIrqsave(_outer, out IrqFlags flags);
        _rows++;
        DrawColumn();
        SpinUnlockIrqrestore(_outer, flags);
    }

    private void DrawColumn()
    {
        SpinLockIrqsave(_inner, out IrqFlags flags);
        _columns++;
        SpinUnlockIrqrestore(_inner, flags);
    }
}
//// buggy flags_that_were_never_saved
public sealed class Mute
{
    private readonly Spinlock _lock = new("mute");
    private bool _muted;

    public void Toggle()
    {
        SpinLockIrq(_lock);
        _muted = !_muted;
        SpinUnlockIrqrestore(_lock, default); // DK7006
    }
}
//// correct flags_that_were_saved
public sealed class Mute
{
    private readonly Spinlock _lock = new("mute");
    private bool _muted;

    public void Toggle()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        _muted = !_muted;
        SpinUnlockIrqrestore(_lock, flags);
    }
}
//// buggy plain_unlock_leaves_interrupts_off
public sealed class Wheel
{
    private readonly Spinlock _lock = new("wheel");
    private int _turns;

    public int Turn()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        int turns = ++_turns;
        SpinUnlock(_lock); // DK7006
        return turns;
    }
}
//// correct plain_unlock_and_restore
public sealed class Wheel
{
    private readonly Spinlock _lock = new("wheel");
    private int _turns;

    public int Turn()
    {
        SpinLockIrqsave(_lock, out IrqFlags flags);
        int turns = ++_turns;
        SpinUnlock(_lock);
        LocalIrqRestore(flags);
        return turns;
    }
}
//// buggy restored_crosswise
public sealed class Twins
{
    private readonly Spinlock _left = new("left");
    private readonly Spinlock _right = new("right");
    private int _sum;

    public void Add()
    {
        SpinLockIrqsave(_left, out IrqFlags outer);
        SpinLockIrqsave(_right, out IrqFlags inner);
        _sum++;
        SpinUnlockIrqrestore(_right, outer); // DK7006
        SpinUnlockIrqrestore(_left, inner);
    }
}
//// correct locks_given_back_crosswise_flags_in_order
// The locks may be given back in any order, the flags may not.
public sealed class Twins
{
    private readonly Spinlock _left = new("left");
    private readonly Spinlock _right = new("right");
    private int _sum;

    public void Add()
    {
        SpinLockIrqsave(_left, out IrqFlags outer);
        SpinLockIrqsave(_right, out IrqFlags inner);
        _sum++;
        SpinUnlockIrqrestore(_left, inner);
        SpinUnlockIrqrestore(_right, outer);
    }
}
//// buggy enabled_by_hand_under_a_saved_lock
public sealed class Meter
{
    private readonly Rwlock _lock = new("meter");
    private int _value;

    public void Set(int value)
    {
        WriteLockIrqsave(_lock, out IrqFlags flags);
        _value = value;
        LocalIrqEnable(); // DK7006
        Udelay(10);
        WriteUnlockIrqrestore(_lock, flags);
    }
}
//// correct one_variable_for_two_saves_one_after_the_other
public sealed class Meter
{
    private readonly Rwlock _lock = new("meter");
    private int _value;

    public void Set(int value)
    {
        WriteLockIrqsave(_lock, out IrqFlags flags);
        _value = value;
        WriteUnlockIrqrestore(_lock, flags);
        Udelay(10);
        WriteLockIrqsave(_lock, out flags);
        _value++;
        WriteUnlockIrqrestore(_lock, flags);
    }
}
//// buggy bottom_halves_stay_off
internal sealed class Queue
{
    private readonly Spinlock _lock = new("queue");
    private int _length;

    public void Add()
    {
        SpinLockBh(_lock);
        _length++;
        SpinUnlock(_lock); // DK7006
    }
}
//// correct bottom_halves_stay_off
internal sealed class Queue
{
    private readonly Spinlock _lock = new("queue");
    private int _length;

    public void Add()
    {
        SpinLockBh(_lock);
        _length++;
        SpinUnlockBh(_lock);
    }
}
