using DriverKit.Memory.Physical;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary><c>irq/7-name</c>: the half of a handler that may sleep.</summary>
/// <remarks>Source: irq_thread(), irq_finalize_oneshot() of kernel/irq/manage.c of Linux 2.6.32; 2.6.20 has none.</remarks>
internal sealed class IrqThread
{
    private readonly Scheduler _scheduler;
    private readonly Kthreads _kthreads;
    private readonly InterruptController _controller;
    private readonly IrqDesc _desc;
    private readonly IrqAction _action;
    private readonly IrqHandler _threadFn;
    private readonly TaskStruct _task;
    private readonly WaitQueueHead _idle;
    private bool _isWoken;
    private bool _isRunning;

    public IrqThread(Scheduler scheduler, Kthreads kthreads, InterruptController controller, IrqDesc desc, IrqAction action, IrqHandler threadFn)
    {
        _scheduler = scheduler;
        _kthreads = kthreads;
        _controller = controller;
        _desc = desc;
        _action = action;
        _threadFn = threadFn;
        _idle = new WaitQueueHead($"of the thread of irq {desc.Irq}");
        _task = kthreads.Create(Run, $"irq/{desc.Irq}-{action.Name}", isServer: true);
    }

    private bool IsOneShot => (_action.Flags & Irqf.OneShot) != 0;

    /// <summary>The handler has returned <c>IRQ_WAKE_THREAD</c>.</summary>
    public void Wake()
    {
        if (_isWoken)
            return;
        _isWoken = true;
        if (IsOneShot && !_isRunning)
            _desc.OneShots++;
        _kthreads.Wake(_task);
    }

    /// <summary>Waits until the thread is not in its function.</summary>
    public void Synchronize()
    {
        if (_isRunning && _scheduler.Current != _task)
            Waiting.Event(_scheduler, _idle, () => !_isRunning, TaskState.Uninterruptible, exclusive: false, Waiting.Forever, "synchronize_irq");
    }

    public void Stop()
    {
        _kthreads.Stop(_task);
        if (!_isWoken)
            return;

        // It was woken for the first time, and told to end before it ran.
        _isWoken = false;
        TurnOn();
    }

    private int Run()
    {
        while (true)
        {
            if (_isWoken)
            {
                _isRunning = true;
                RunOnce();
                _isRunning = false;
                Waiting.WakeUp(_scheduler, _idle, interruptibleOnly: false, exclusive: 0);
            }
            else if (_kthreads.ShouldStop)
            {
                return 0;
            }
            else
            {
                _task.State = TaskState.Interruptible;
                _task.Operation = "irq_thread";
                _scheduler.Schedule();
            }
        }
    }

    private void RunOnce()
    {
        _isWoken = false;
        _scheduler.Point("irq_thread", _desc);
        _threadFn(_desc.Irq, _action.DevId);
        if (_scheduler.Cpu.PreemptCount != 0)
            throw new KernelOopsException($"BUG: the thread of irq {_desc.Irq} leaves preempt_count {_scheduler.Cpu.PreemptCount:x8}", AtomicContext.RuleOfRest(_scheduler.Cpu.AtomicKmaps, _task.LockdepDepth));
        if (!_isWoken)
            TurnOn();
    }

    /// <summary><c>irq_finalize_oneshot()</c>.</summary>
    private void TurnOn()
    {
        if (!IsOneShot)
            return;
        _desc.OneShots--;
        _controller.Recheck(_desc);
    }
}
