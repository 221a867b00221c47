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
