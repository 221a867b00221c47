namespace DriverKit.Scheduling;

/// <summary><c>THREAD_SIZE</c>: the stack that a task has in the kernel, and that interrupts and softirqs borrow. It is small and does not grow.</summary>
/// <remarks>
/// Entries nest when a driver's callback leads back to the kernel, interrupts when handlers run with interrupts on. The host's stack is far larger,
/// but an exception thrown at the end of a deep one takes it anew at every level: overflow is a bug of the kernel long before it is one of the host.
/// Source: asm-i386/thread_info.h of Linux 2.6.20, with CONFIG_4KSTACKS off.
/// </remarks>
internal struct KernelStack
{
    /// <summary>Bytes of a stack.</summary>
    public const int Size = 8192;

    /// <summary>Bytes that each system call or other entry, each interrupt and each run of softirqs takes: registers, and the locals of what it calls.</summary>
    public const int Frame = 512;

    private int _used;

    /// <summary>Something begins that needs a frame.</summary>
    /// <returns>False if there is no room for it: the stack overflows.</returns>
    public bool TryPush()
    {
        if (_used + Frame > Size)
            return false;
        _used += Frame;
        return true;
    }

    /// <summary>It has ended.</summary>
    public void Pop() => _used -= Frame;
}
