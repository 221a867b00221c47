using System.Runtime.InteropServices;
using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <content>What can happen next, and making it happen.</content>
internal sealed partial class Scheduler
{
    private readonly Fiber _host = new();

    /// <summary>The fiber that has the baton.</summary>
    private Fiber _fiber;

    /// <summary>The fiber of a task that has ended: it hands the baton over for the last time.</summary>
    private Fiber? _ending;

    /// <summary>This fiber carries what the processor runs: it can go on with it, and takes its interrupts.</summary>
    private bool CarriesProcessor => _queue != _console && (!_queue.IsIdle || _queue.Idle.Fiber == _fiber);

    /// <summary>Decides what happens next and lets it happen. Returns when the task that called has its turn again.</summary>
    private void Reschedule(SchedulingReason reason)
    {
        while (true)
        {
            ThrowIfPoweringOff();
            if (Clock.IsDeviceDue)
            {
                LetDevicesAct();
                continue;
            }

            if (Clock.IsDue && Cpu.InterruptsEnabled && CarriesProcessor)
            {
                TakeTimerInterrupt();
                continue;
            }

            if (_hostIsDue && _fiber != _host)
            {
                HandOver(_host);
                return;
            }

            Collect(reason);
            if (_choices.Count == 0)
            {
                if (_hostIsDue)
                    return;
                if (LetTimePass())
                    continue;
                ReportDeadlock();
                return;
            }

            SchedulingChoice choice = _choices[0];
            if (_choices.Count != 1 && !Ask(reason, out choice))
                continue;
            switch (choice.Kind)
            {
                case ChoiceKind.Interrupt:
                    if (choice.IsInjected)
                        Injection!.Inject(Interrupts!, choice.Line);
                    TakeInterrupt(choice.Line);
                    continue;
                case ChoiceKind.Time:
                    LetTimePass();
                    continue;
                case ChoiceKind.Run:
                    Run(choice);
                    return;
                default:
                    Plan();
                    return;
            }
        }
    }

    /// <returns>False if the strategy has a bug. That is no bug of the kernel: the host hears of it.</returns>
    private bool Ask(SchedulingReason reason, out SchedulingChoice choice)
    {
        choice = default;
        try
        {
            ReadOnlySpan<SchedulingChoice> choices = CollectionsMarshal.AsSpan(_choices);
            int index = _strategy.Choose(new SchedulingPoint { Choices = choices, Reason = reason, Current = _queue.Current, Now = Clock.Now });
            if ((uint)index >= (uint)choices.Length)
                throw new InvalidOperationException($"{_strategy.GetType().Name} chose {index} of {choices.Length} choices.");
            Trace.Fold(TraceEvent.Choice, index);
            choice = choices[index];
            return true;
        }
        catch (Exception exception)
        {
            Stop(exception);
            return false;
        }
    }

    /// <summary>Everything that could happen now: to go on first, then interrupts here, then this processor's tasks, then the others'.</summary>
    private void Collect(SchedulingReason reason)
    {
        _choices.Clear();
        bool isMine = CarriesProcessor;
        bool goesOn = isMine && _queue.CanProgress;
        if (goesOn)
            _choices.Add(new(ChoiceKind.Continue, Cpu.Id, Current));
        if (isMine && Cpu.InterruptsEnabled && Interrupts is { } interrupts && interrupts.IsPendingOn(Cpu))
        {
            foreach (int line in interrupts.PendingOn(Cpu))
                _choices.Add(new(ChoiceKind.Interrupt, Cpu.Id, Current, line, goesOn));
        }

        if (Injection is not null && goesOn && Cpu.InterruptsEnabled && Interrupts is not null)
            Injection.AddTo(_choices, Interrupts, Cpu.Id, Current);

        int first = _queue == _console ? 0 : Cpu.Id;
        for (int i = 0; i < _queues.Length; i++)
        {
            RunQueue queue = _queues[(first + i) % _queues.Length];
            if (queue != _queue || !isMine)
            {
                if (queue.CanProgress)
                    _choices.Add(new(ChoiceKind.Run, queue.Cpu.Id, queue.Current, IsPreemption: goesOn));
                else if (queue is { IsIdle: true, Cpu.InterruptsEnabled: true } && (Clock.IsDue || Interrupts?.IsPendingOn(queue.Cpu) == true))
                    _choices.Add(new(ChoiceKind.Run, queue.Cpu.Id, queue.Idle, IsPreemption: goesOn));
            }

            if (!queue.CanSwitch)
                continue;
            foreach (TaskStruct task in queue.Waiting)
                _choices.Add(new(ChoiceKind.Run, queue.Cpu.Id, task, IsPreemption: goesOn));
        }

        if (_strategy.ExploresTime && goesOn && reason != SchedulingReason.Block && Cpu.InterruptsEnabled && !Clock.IsDue && Clock.Next != ulong.MaxValue)
            _choices.Add(new(ChoiceKind.Time, Cpu.Id, Current));
    }

    /// <summary><c>context_switch()</c>: a task gets its processor, and the turn.</summary>
    private void Run(in SchedulingChoice choice)
    {
        RunQueue queue = _queues[choice.Cpu];
        TaskStruct task = choice.Task;
        _queue.Current.StoppedAt = Clock.Now;
        if (task != queue.Current)
        {
            TaskStruct previous = queue.Current;
            if (previous != queue.Idle)
            {
                Save(previous, queue.Cpu);
                queue.Waiting.Add(previous);
            }

            queue.Waiting.Remove(task);
            SwitchOn(queue, task);
        }

        Trace.Fold(TraceEvent.Switch, ((long)choice.Cpu << 32) | (uint)task.Pid);
        TakeTurn(queue);
        Plan();
        HandOver(task.Fiber ??= FiberFor(task));
    }

    private Fiber FiberFor(TaskStruct task) => Fiber.Rent(() => RunBody(task));

    /// <summary>Gives the baton to another fiber, and waits until it comes back. Nothing is touched in between.</summary>
    private void HandOver(Fiber next)
    {
        Fiber fiber = _fiber;
        if (next == fiber)
            return;
        bool ends = fiber == _ending;
        _ending = null;
        _fiber = next;
        Volatile.Write(ref _owner, next.ThreadId);
        next.Resume();
        if (ends)
            return;
        fiber.Park();
        if (fiber == _host && _verdict is { } verdict)
        {
            _verdict = null;
            throw verdict;
        }
    }

    private void TakeTurn(RunQueue queue)
    {
        _queue = queue;
        _machine.CurrentCpu = queue.Cpu;
        StoreBuffers?.SwitchTo(queue.Cpu.Id);
    }

    private static void Save(TaskStruct task, Cpu cpu) => task.Saved = (cpu.PreemptCount, cpu.InterruptsEnabled);

    private static void SwitchOn(RunQueue queue, TaskStruct task)
    {
        queue.Current = task;
        queue.QuiescentStates++;
        task.Cpu = queue.Cpu.Id;
        (queue.Cpu.PreemptCount, queue.Cpu.InterruptsEnabled) = task.Saved;
    }
}
