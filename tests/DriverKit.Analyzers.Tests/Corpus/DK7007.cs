// DK7007 Result of a trylock misread
//// buggy down_trylock_read_as_true
// down_trylock() answers 0 when it has the semaphore, mutex_trylock() answers true.
public sealed class Printer
{
    private readonly KernelSemaphore _sem = new(1, "printer");
    private int _pages;

    public KernelResult Print()
    {
        if (DownTrylock(_sem) != 0) // DK7007
        {
            _pages++;
            Up(_sem);
            return 0;
        }

        return -EBUSY;
    }
}
//// correct down_trylock_read_as_zero
public sealed class Printer
{
    private readonly KernelSemaphore _sem = new(1, "printer");
    private int _pages;

    public KernelResult Print()
    {
        if (DownTrylock(_sem) == 0)
        {
            _pages++;
            Up(_sem);
            return 0;
        }

        return -EBUSY;
    }
}
//// buggy mutex_trylock_read_as_an_errno
public sealed class Plotter
{
    private readonly KernelMutex _lock = new("plotter");
    private int _lines;

    public KernelResult Draw()
    {
        bool failed = MutexTrylock(_lock); // DK7007
        if (failed)
            return -EBUSY;
        _lines++;
        MutexUnlock(_lock);
        return 0;
    }
}
//// correct mutex_trylock_read_as_a_truth
public sealed class Plotter
{
    private readonly KernelMutex _lock = new("plotter");
    private int _lines;

    public KernelResult Draw()
    {
        bool locked = MutexTrylock(_lock);
        if (!locked)
            return -EBUSY;
        _lines++;
        MutexUnlock(_lock);
        return 0;
    }
}
//// buggy spin_trylock_turned_round
public sealed class Dial
{
    private readonly Spinlock _lock = new("dial");
    private int _value;

    public bool TrySet(int value)
    {
        if (!SpinTrylock(_lock)) // DK7007
        {
            _value = value;
            SpinUnlock(_lock);
            return true;
        }

        return false;
    }
}
//// correct spin_trylock_the_right_way_round
public sealed class Dial
{
    private readonly Spinlock _lock = new("dial");
    private int _value;

    public bool TrySet(int value)
    {
        if (SpinTrylock(_lock))
        {
            _value = value;
            SpinUnlock(_lock);
            return true;
        }

        return false;
    }
}
//// buggy down_trylock_asked_for_an_errno
// It is never negative: the branch is never taken.
public sealed class Cutter
{
    private readonly KernelSemaphore _sem = new(1, "cutter");
    private int _cuts;

    public KernelResult Cut()
    {
        if (DownTrylock(_sem) < 0) // DK7007
            return -EBUSY;
        _cuts++;
        Up(_sem);
        return 0;
    }
}
//// correct down_trylock_asked_for_anything_but_zero
public sealed class Cutter
{
    private readonly KernelSemaphore _sem = new(1, "cutter");
    private int _cuts;

    public KernelResult Cut()
    {
        if (DownTrylock(_sem) > 0)
            return -EBUSY;
        _cuts++;
        Up(_sem);
        return 0;
    }
}
//// buggy result_made_an_errno
public sealed class Press
{
    private readonly KernelSemaphore _sem = new(1, "press");
    private int _strokes;

    public KernelResult Stroke()
    {
        KernelResult result = DownTrylock(_sem); // DK7007
        if (result.IsError)
            return result;
        _strokes++;
        Up(_sem);
        return 0;
    }
}
//// correct result_translated_to_an_errno
public sealed class Press
{
    private readonly KernelSemaphore _sem = new(1, "press");
    private int _strokes;

    public KernelResult Stroke()
    {
        KernelResult result = DownTrylock(_sem) == 0 ? 0 : -EAGAIN;
        if (result.IsError)
            return result;
        _strokes++;
        Up(_sem);
        return 0;
    }
}
//// buggy read_trylock_in_a_switch
public sealed class Ledger
{
    private readonly RwSemaphore _sem = new("ledger");
    private int _entries;

    public int Count()
    {
        switch (DownReadTrylock(_sem)) // DK7007
        {
            case false:
                int entries = _entries;
                UpRead(_sem);
                return entries;
            default:
                return -1;
        }
    }
}
//// correct read_trylock_in_a_pattern
public sealed class Ledger
{
    private readonly RwSemaphore _sem = new("ledger");
    private int _entries;

    public int Count()
    {
        if (DownReadTrylock(_sem) is not true)
            return -1;
        int entries = _entries;
        UpRead(_sem);
        return entries;
    }
}
//// correct tried_first_and_waited_for_then
public sealed class Turn
{
    private readonly KernelSemaphore _sem = new(1, "turn");
    private int _turns;

    public void Take()
    {
        if (DownTrylock(_sem) != 0)
            Down(_sem);
        _turns++;
        Up(_sem);
    }
}
