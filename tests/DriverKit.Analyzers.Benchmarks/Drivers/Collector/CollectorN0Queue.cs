namespace Drivers.CollectorN0;

internal sealed class CollectorN0Request
{
    public KernelLogicalAddress Memory { get; init; }

    public ulong Length { get; init; }
}

internal sealed class CollectorN0Queue
{
    private readonly Spinlock _lock = new("collectorN0");
    private readonly Queue<CollectorN0Request> _waiting = new();
    private readonly WaitQueueHead _work = new("collectorN0.work"), _answers = new("collectorN0.answers");
    private int _answered, _read;

    public ulong LastSum { get; private set; }

    public void Add(CollectorN0Request request)
    {
        SpinLock(_lock);
        _waiting.Enqueue(request);
        SpinUnlock(_lock);
        WakeUp(_work);
    }

    public CollectorN0Request? Take()
    {
        SpinLock(_lock);
        CollectorN0Request? request = _waiting.Count > 0 ? _waiting.Dequeue() : null;
        SpinUnlock(_lock);
        return request;
    }

    public void Answer(ulong sum)
    {
        SpinLock(_lock);
        LastSum = sum;
        _answered++;
        SpinUnlock(_lock);
        WakeUpInterruptible(_answers);
    }

    public void WaitForWork(Func<bool> isOver) => _ = WaitEventInterruptible(_work, () => _waiting.Count > 0 || isOver());

    public KernelResult WaitForAnswer()
    {
        KernelResult result = WaitEventInterruptible(_answers, () => _answered != _read);
        if (result.IsSuccess)
            _read++;
        return result;
    }
}
