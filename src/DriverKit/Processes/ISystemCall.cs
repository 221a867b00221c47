using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>One system call with its arguments. A value, so that making one allocates nothing.</summary>
internal interface ISystemCall
{
    /// <summary>Runs in the kernel, for the process that called.</summary>
    KernelResult Execute(UserProcess process);

    /// <summary>The call with its arguments, as strace prints it.</summary>
    string Describe();
}

/// <summary>The name of a kind of call, as the table of a schedule shows it.</summary>
internal static class CallName<TCall> where TCall : struct, ISystemCall
{
    public static readonly string Value = "sys_" + typeof(TCall).Name.Replace("Call", "").ToLowerInvariant();
}
