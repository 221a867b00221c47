// DK7001 Lock taken that is already held
//// buggy twice_in_a_row
public sealed class Lamp
{
    private readonly Spinlock _lock = new("lamp");
    private int _level;

    public void Raise()
    {
        SpinLock(_lock);
        _level++;
        SpinLock(_lock); // DK7001
        _level++;
        SpinUnlock(_lock);
        SpinUnlock(_lock);
    }
}
//// correct twice_one_after_the_other
public sealed class Lamp
{
    private readonly Spinlock _lock = new("lamp");
    private int _level;

    public void Raise()
    {
        SpinLock(_lock);
        _level++;
        SpinUnlock(_lock);
        SpinLock(_lock);
        _level++;
        SpinUnlock(_lock);
    }
}
//// buggy helper_takes_it_too
public sealed class Account
{
    private readonly KernelMutex _lock = new("account");
    private int _sum;

    public void Move(int amount)
    {
        MutexLock(_lock);
        if (amount > 0)
            Add(amount); // DK7001
        MutexUnlock(_lock);
    }

    public void Add(int amount)
    {
        MutexLock(_lock);
        _sum += amount;
        MutexUnlock(_lock);
    }
}
//// correct helper_that_wants_it_held
public sealed class Account
{
    private readonly KernelMutex _lock = new("account");
    private int _sum;

    public void Move(int amount)
    {
        MutexLock(_lock);
        if (amount > 0)
            AddLocked(amount);
        MutexUnlock(_lock);
    }

    public void Add(int amount)
    {
        MutexLock(_lock);
        AddLocked(amount);
        MutexUnlock(_lock);
    }

    private void AddLocked(int amount) => _sum += amount;
}
//// buggy through_an_alias
public sealed class Node
{
    public Spinlock Lock { get; } = new("node");

    public int Value { get; set; }

    public static void Copy(Node node)
    {
        Spinlock first = node.Lock;
        SpinLock(first);
        Spinlock second = node.Lock;
        SpinLock(second); // DK7001
        node.Value *= 2;
        SpinUnlock(second);
        SpinUnlock(first);
    }
}
//// correct two_objects
public sealed class Node
{
    public Spinlock Lock { get; } = new("node");

    public int Value { get; set; }

    public static void Copy(Node from, Node to)
    {
        Spinlock first = from.Lock;
        SpinLock(first);
        Spinlock second = to.Lock;
        SpinLock(second);
        to.Value = from.Value;
        SpinUnlock(second);
        SpinUnlock(first);
    }
}
//// buggy writer_in_a_reader
public sealed class Tree
{
    private readonly Rwlock _lock = new("tree");
    private int _count;

    public void Find(bool insert)
    {
        ReadLock(_lock);
        if (insert)
        {
            WriteLock(_lock); // DK7001
            _count++;
            WriteUnlock(_lock);
        }

        ReadUnlock(_lock);
    }
}
//// correct reader_in_a_reader
// A rwlock may be read by whoever reads it already.
public sealed class Tree
{
    private readonly Rwlock _lock = new("tree");
    private int _count;

    public int Find()
    {
        ReadLock(_lock);
        int count = Count();
        ReadUnlock(_lock);
        return count;
    }

    private int Count()
    {
        ReadLock(_lock);
        int count = _count;
        ReadUnlock(_lock);
        return count;
    }
}
//// buggy after_a_trylock_that_succeeded
public sealed class Press
{
    private readonly KernelMutex _lock = new("press");
    private int _jobs;

    public KernelResult Start()
    {
        if (!MutexTrylock(_lock))
            return -EBUSY;
        KernelResult result = Next(); // DK7001
        MutexUnlock(_lock);
        return result;
    }

    private KernelResult Next()
    {
        if (MutexLockInterruptible(_lock).IsError)
            return -ERESTARTSYS;
        _jobs++;
        MutexUnlock(_lock);
        return 0;
    }
}
//// correct after_a_trylock_that_failed
public sealed class Press
{
    private readonly KernelMutex _lock = new("press");
    private int _jobs;

    public KernelResult Start()
    {
        if (!MutexTrylock(_lock))
        {
            if (MutexLockInterruptible(_lock).IsError)
                return -ERESTARTSYS;
        }

        _jobs++;
        MutexUnlock(_lock);
        return 0;
    }
}
//// buggy lambda_and_a_loop
public sealed class Shelf
{
    private readonly RwSemaphore _sem = new("shelf");
    private readonly int[] _items = new int[4];

    public void Clear()
    {
        Action<int> clear = index =>
        {
            DownWrite(_sem);
            _items[index] = 0;
            UpWrite(_sem);
        };
        DownWrite(_sem);
        for (int i = 0; i < _items.Length; i++)
            clear(i); // DK7001
        UpWrite(_sem);
    }
}
//// correct lambda_and_a_loop
public sealed class Shelf
{
    private readonly RwSemaphore _sem = new("shelf");
    private readonly int[] _items = new int[4];

    public void Clear()
    {
        Action<int> clear = index =>
        {
            DownWrite(_sem);
            _items[index] = 0;
            UpWrite(_sem);
        };
        for (int i = 0; i < _items.Length; i++)
            clear(i);
    }
}
//// buggy recursion
public sealed class Folder
{
    private readonly Spinlock _lock = new("folder");
    private int _visited;

    public void Visit(int depth)
    {
        SpinLock(_lock);
        _visited++;
        if (depth > 0)
            Visit(depth - 1); // DK7001
        SpinUnlock(_lock);
    }
}
//// correct recursion_after_the_unlock
public sealed class Folder
{
    private readonly Spinlock _lock = new("folder");
    private int _visited;

    public void Visit(int depth)
    {
        SpinLock(_lock);
        _visited++;
        SpinUnlock(_lock);
        if (depth > 0)
            Visit(depth - 1);
    }
}
