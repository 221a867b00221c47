// A kernel thread that works on requests; processes put them in and wait for the answer.
namespace Drivers.CollectorN0;

public sealed class CollectorN0Module : KernelModule
{
    private readonly CollectorN0Queue _queue = new();
    private readonly MiscDevice _misc;
    private TaskStruct? _thread;
    private KmemCache? _cache;

    public CollectorN0Module() => _misc = new() { Name = "collectorN0", Fops = new() { Owner = this, Write = Write, Read = Read } };

    public override KernelResult Init()
    {
        KernelResult result = -ENOMEM;
        _cache = KmemCacheCreate("collectorN0", 256);
        if (_cache is null)
            return result;
        _thread = KthreadRun(Work, null, "collectorN0");
        if (_thread is null)
            goto failThread;
        result = MiscRegister(_misc);
        if (result.IsError)
            goto failMisc;
        return 0;

    failMisc:
        KthreadStop(_thread);
    failThread:
        KmemCacheDestroy(_cache);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        KthreadStop(_thread!);
        while (_queue.Take() is { } left)
            KmemCacheFree(_cache!, left.Memory);
        KmemCacheDestroy(_cache!);
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count is 0 or > 256)
            return -EINVAL;
        KernelLogicalAddress memory = KmemCacheAlloc(_cache!, GfpFlags.Kernel | GfpFlags.Zero);
        if (memory.IsNull)
            return -ENOMEM;
        if (CopyFromUser(memory, buffer, count) != 0)
        {
            KmemCacheFree(_cache!, memory);
            return -EFAULT;
        }

        _queue.Add(new() { Memory = memory, Length = count });
        return count;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        KernelResult waited = _queue.WaitForAnswer();
        if (waited.IsError)
            return waited;
        if (count < 8)
            return -EINVAL;
        KernelResult result = PutUser(_queue.LastSum, buffer);
        return result.IsError ? result : 8;
    }

    private int Work(object? data)
    {
        while (!KthreadShouldStop())
        {
            _queue.WaitForWork(KthreadShouldStop);
            while (_queue.Take() is { } request)
            {
                ulong sum = 0;
                for (ulong i = 0; i < request.Length; i++)
                    sum = (sum * 33) + Load<byte>(request.Memory + i);
                KmemCacheFree(_cache!, request.Memory);
                _queue.Answer(sum);
            }
        }

        return 0;
    }
}
