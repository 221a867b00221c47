// DK8010 Sleep that can miss its wake-up

//// buggy look_then_sleep
// The reader of the first edition of the driver book: the write may come between the look and the sleep.
internal sealed class Line
{
    private readonly WaitQueueHead _queue = new("line");
    private volatile bool _hasData;

    public KernelResult Read()
    {
        while (!_hasData)
            InterruptibleSleepOn(_queue); // DK8010
        _hasData = false;
        return 0;
    }

    public void Arrived()
    {
        _hasData = true;
        WakeUpInterruptible(_queue);
    }
}

//// correct wait_event_looks_again
internal sealed class Line
{
    private readonly WaitQueueHead _queue = new("line");
    private volatile bool _hasData;

    public KernelResult Read()
    {
        while (!_hasData)
        {
            if (WaitEventInterruptible(_queue, () => _hasData).IsError)
                return -ERESTARTSYS;
        }

        _hasData = false;
        return 0;
    }

    public void Arrived()
    {
        _hasData = true;
        WakeUpInterruptible(_queue);
    }
}

//// buggy tasklet_started_then_sleep
// jiq.c of Linux Device Drivers, chapter 7: the tasklet may have run, and have woken nobody, before the reader sleeps.
internal sealed class Jiq
{
    private readonly WaitQueueHead _wait = new("jiq");
    private readonly TaskletStruct _tasklet;

    public Jiq() => _tasklet = new(_ => WakeUpInterruptible(_wait));

    public KernelResult Read()
    {
        TaskletSchedule(_tasklet);
        InterruptibleSleepOn(_wait); // DK8010
        return 0;
    }
}

//// correct on_the_queue_before_the_tasklet_is_started
internal sealed class Jiq
{
    private readonly WaitQueueHead _wait = new("jiq");
    private readonly TaskletStruct _tasklet;

    public Jiq() => _tasklet = new(_ => WakeUpInterruptible(_wait));

    public KernelResult Read()
    {
        WaitQueueEntry wait = DefineWait();
        PrepareToWait(_wait, wait, TaskInterruptible);
        TaskletSchedule(_tasklet);
        Schedule();
        FinishWait(_wait, wait);
        return 0;
    }
}

//// buggy helper_asks
internal sealed class Printer
{
    private readonly WaitQueueHead _idle = new("printer");
    private readonly AtomicT _jobs = new();

    private bool IsBusy => AtomicRead(_jobs) > 0;

    public void Flush()
    {
        for (;;)
        {
            if (!IsBusy)
                break;
            SleepOn(_idle); // DK8010
        }
    }

    public void Begin() => AtomicInc(_jobs);

    public void Done()
    {
        if (AtomicDecAndTest(_jobs))
            WakeUp(_idle);
    }
}

//// correct helper_asks_under_wait_event
internal sealed class Printer
{
    private readonly WaitQueueHead _idle = new("printer");
    private readonly AtomicT _jobs = new();

    private bool IsBusy => AtomicRead(_jobs) > 0;

    public void Flush() => WaitEvent(_idle, () => !IsBusy);

    public void Begin() => AtomicInc(_jobs);

    public void Done()
    {
        if (AtomicDecAndTest(_jobs))
            WakeUp(_idle);
    }
}

//// buggy lock_given_up_before_the_sleep
// The lock covers the look and not the sleep, so it changes nothing.
internal sealed class Slots
{
    private readonly Spinlock _lock = new("slots");
    private readonly WaitQueueHead _free = new("slots");
    private int _count = 4;

    public void Take()
    {
        SpinLock(_lock);
        while (_count == 0)
        {
            SpinUnlock(_lock);
            SleepOn(_free); // DK8010
            SpinLock(_lock);
        }

        _count--;
        SpinUnlock(_lock);
    }

    public void Give()
    {
        SpinLock(_lock);
        _count++;
        SpinUnlock(_lock);
        WakeUp(_free);
    }
}

//// correct on_the_queue_before_the_lock_is_given_up
internal sealed class Slots
{
    private readonly Spinlock _lock = new("slots");
    private readonly WaitQueueHead _free = new("slots");
    private int _count = 4;

    public void Take()
    {
        WaitQueueEntry wait = DefineWait();
        SpinLock(_lock);
        while (_count == 0)
        {
            PrepareToWait(_free, wait, TaskUninterruptible);
            SpinUnlock(_lock);
            Schedule();
            SpinLock(_lock);
        }

        _count--;
        SpinUnlock(_lock);
        FinishWait(_free, wait);
    }

    public void Give()
    {
        SpinLock(_lock);
        _count++;
        SpinUnlock(_lock);
        WakeUp(_free);
    }
}

//// buggy timer_started_by_a_helper
internal sealed class Pulse
{
    private readonly WaitQueueHead _wait = new("pulse");
    private readonly TimerList _timer = new();

    public void Send()
    {
        Start();
        SleepOn(_wait); // DK8010
        DelTimerSync(_timer);
    }

    private void Start()
    {
        SetupTimer(_timer, _ => WakeUp(_wait), null);
        _timer.Expires = Jiffies + 1;
        AddTimer(_timer);
    }
}

//// correct completion_remembers
internal sealed class Pulse
{
    private readonly Completion _done = new("pulse");
    private readonly TimerList _timer = new();

    public void Send()
    {
        Start();
        WaitForCompletion(_done);
        DelTimerSync(_timer);
    }

    private void Start()
    {
        SetupTimer(_timer, _ => Complete(_done), null);
        _timer.Expires = Jiffies + 1;
        AddTimer(_timer);
    }
}

//// buggy sleep_in_a_helper_and_a_local_function
internal sealed class Gate
{
    private readonly WaitQueueHead _queue = new("gate");
    private readonly AtomicT _open = new();

    public void Pass(bool patient)
    {
        if (AtomicRead(_open) == 0 && patient)
            Doze(); // DK8010
        if (AtomicRead(_open) != 0)
            return;
        Nap();

        void Nap()
        {
            while (AtomicRead(_open) == 0)
                SleepOn(_queue); // DK8010
        }
    }

    public void Open()
    {
        AtomicSet(_open, 1);
        WakeUpAll(_queue);
    }

    private void Doze() => SleepOn(_queue);
}

//// buggy state_set_after_the_look
// The task says that it sleeps after it has looked, and does not look again.
internal sealed class Fifo
{
    private readonly WaitQueueHead _queue = new("fifo");
    private readonly AtomicT _bytes = new();

    public void WaitForBytes()
    {
        WaitQueueEntry wait = DefineWait();
        while (AtomicRead(_bytes) == 0)
        {
            PrepareToWait(_queue, wait, TaskUninterruptible);
            Schedule(); // DK8010
        }

        FinishWait(_queue, wait);
    }

    public void Put(int bytes)
    {
        AtomicAdd(bytes, _bytes);
        WakeUp(_queue);
    }
}

//// correct looks_again_on_the_queue
// As scullpipe does it.
internal sealed class Fifo
{
    private readonly WaitQueueHead _queue = new("fifo");
    private readonly AtomicT _bytes = new();

    public void WaitForBytes()
    {
        while (AtomicRead(_bytes) == 0)
        {
            WaitQueueEntry wait = DefineWait();
            PrepareToWait(_queue, wait, TaskUninterruptible);
            if (AtomicRead(_bytes) == 0)
                Schedule();
            FinishWait(_queue, wait);
        }
    }

    public void Put(int bytes)
    {
        AtomicAdd(bytes, _bytes);
        WakeUp(_queue);
    }
}

//// correct next_tick_of_a_clock
// Nothing is lost: the next interrupt wakes as well as this one. And a time that runs out ends every sleep.
internal sealed class Clock
{
    private readonly WaitQueueHead _tick = new("clock");
    private readonly AtomicT _ticks = new();

    public void WaitForTick() => SleepOn(_tick);

    public void WaitForFirst()
    {
        while (AtomicRead(_ticks) == 0)
            SleepOnTimeout(_tick, (long)Hz);
    }

    public void Ticked()
    {
        AtomicInc(_ticks);
        WakeUpAll(_tick);
    }
}
