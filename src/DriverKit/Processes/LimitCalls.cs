using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>setrlimit(2).</summary>
internal readonly struct SetrlimitCall(RlimitResource resource, Rlimit limit) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        if (!ResourceLimits.IsKnown(resource) || limit.Current > limit.Maximum)
            return -Errno.EINVAL;
        if (limit.Maximum > process.Limits[resource].Maximum && !process.Cred.Has(Capability.SysResource))
            return -Errno.EPERM;
        process.Limits[resource] = limit;
        return 0;
    }

    public string Describe() => $"setrlimit({resource}, {limit})";
}

/// <summary>getrlimit(2): whether there is such a limit; the numbers are read afterwards.</summary>
internal readonly struct GetrlimitCall(RlimitResource resource) : ISystemCall
{
    public KernelResult Execute(UserProcess process) => ResourceLimits.IsKnown(resource) ? 0 : -Errno.EINVAL;

    public string Describe() => $"getrlimit({resource})";
}
