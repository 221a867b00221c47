using System.Collections.Concurrent;
using DriverKit.Primitives;

namespace DriverKit.Scheduling;

/// <summary>A host thread with a baton: it runs while it has the baton, and exactly one fiber of a kernel has it. A task that is in the
/// middle of something keeps its place on the fiber's stack.</summary>
/// <remarks>Threads are pooled by all kernels of the host process: making one takes a hundred times as long as handing the baton over.</remarks>
internal sealed class Fiber
{
    private const int StackSize = 1 << 20;
    private const int MaxPooled = 64;

    private static readonly ConcurrentStack<Fiber> Pool = new();

    private readonly SemaphoreSlim _baton = new(0);
    private readonly SemaphoreSlim _ended = new(0);
    private Action? _work;
    private KernelStack _stack;

    /// <summary>The host thread's managed id.</summary>
    public int ThreadId { get; set; }

    /// <summary>The kernel's stack of the task it carries.</summary>
    public ref KernelStack Stack => ref _stack;

    /// <summary>The machine is switched off under it: it unwinds.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>A fiber that will do some work when it is first given the baton.</summary>
    public static Fiber Rent(Action work)
    {
        if (!Pool.TryPop(out Fiber? fiber))
        {
            fiber = new Fiber();
            var thread = new Thread(fiber.Loop, StackSize) { IsBackground = true, Name = "DriverKit task" };
            fiber.ThreadId = thread.ManagedThreadId;
            thread.Start();
        }

        fiber._work = work;
        fiber._stack = default;
        return fiber;
    }

    /// <summary>Hands it the baton.</summary>
    public void Resume() => _baton.Release();

    /// <summary>Waits for the baton.</summary>
    /// <exception cref="FiberAbortedException">The machine is switched off.</exception>
    public void Park()
    {
        _baton.Wait();
        if (IsAborted)
            throw new FiberAbortedException();
    }

    /// <summary>Unwinds what it is in the middle of, and waits until it has. A program that catches everything and goes on is left behind.</summary>
    public void Abort()
    {
        IsAborted = true;
        _baton.Release();
        _ended.Wait(TimeSpan.FromSeconds(5));
    }

    private void Loop()
    {
        do
        {
            _baton.Wait();
            try
            {
                if (!IsAborted)
                    _work!();
            }
            catch (FiberAbortedException)
            {
            }

            _work = null;
            if (IsAborted)
            {
                _ended.Release();
                return;
            }

            if (Pool.Count >= MaxPooled)
                return;
            Pool.Push(this);
        }
        while (true);
    }
}
