namespace DriverKit.Tests.Support;

/// <summary>What a failed call looks like, in one line.</summary>
internal static class Expect
{
    public static SyscallException Errno(Errno errno, Action call)
    {
        SyscallException exception = Assert.Throws<SyscallException>(call);
        Assert.Equal(errno, exception.Errno);
        return exception;
    }

    public static SignalException Signal(Signal signal, SignalCode code, UserVirtualAddress address, Action access)
    {
        SignalException exception = Assert.Throws<SignalException>(access);
        Assert.Equal((signal, code, address), (exception.Signal, exception.Code, exception.Address));
        return exception;
    }

    public static KernelOopsException Oops(string cause, Action call, string? rule = null)
    {
        KernelOopsException exception = Assert.Throws<KernelOopsException>(call);
        Assert.Contains(cause, exception.Cause);
        Assert.Equal(rule, exception.RuleId);
        return exception;
    }

    /// <summary>The bug is found in kernel code that runs for no process.</summary>
    public static KernelOopsException OopsIn(Kernel kernel, string cause, Action code, string? rule = null) =>
        Oops(cause, () => kernel.RunKernelThread(code), rule);
}
