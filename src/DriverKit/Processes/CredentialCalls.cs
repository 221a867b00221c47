using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>setuid(2).</summary>
internal readonly struct SetuidCall(uint uid) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        Credentials cred = process.Cred;
        if (uid == uint.MaxValue)
            return -Errno.EINVAL;
        if (cred.Has(Capability.Setuid))
            cred.SetUsers(uid, uid, uid);
        else if (uid == cred.Uid || uid == cred.Suid)
            cred.SetUsers(cred.Uid, uid, cred.Suid);
        else
            return -Errno.EPERM;
        return 0;
    }

    public string Describe() => $"setuid({uid})";
}

/// <summary>setresuid(2).</summary>
internal readonly struct SetresuidCall(uint? ruid, uint? euid, uint? suid) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        Credentials cred = process.Cred;
        if (!cred.Has(Capability.Setuid) && !(IsOwn(cred, ruid) && IsOwn(cred, euid) && IsOwn(cred, suid)))
            return -Errno.EPERM;
        cred.SetUsers(ruid ?? cred.Uid, euid ?? cred.Euid, suid ?? cred.Suid);
        return 0;
    }

    public string Describe() => $"setresuid({Strace.Id(ruid)}, {Strace.Id(euid)}, {Strace.Id(suid)})";

    private static bool IsOwn(Credentials cred, uint? uid) => uid is null || uid == cred.Uid || uid == cred.Euid || uid == cred.Suid;
}

/// <summary>setgid(2).</summary>
internal readonly struct SetgidCall(uint gid) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        Credentials cred = process.Cred;
        if (gid == uint.MaxValue)
            return -Errno.EINVAL;
        if (cred.Has(Capability.Setgid))
            cred.Gid = cred.Egid = cred.Sgid = gid;
        else if (gid == cred.Gid || gid == cred.Sgid)
            cred.Egid = gid;
        else
            return -Errno.EPERM;
        return 0;
    }

    public string Describe() => $"setgid({gid})";
}

/// <summary>setresgid(2).</summary>
internal readonly struct SetresgidCall(uint? rgid, uint? egid, uint? sgid) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        Credentials cred = process.Cred;
        if (!cred.Has(Capability.Setgid) && !(IsOwn(cred, rgid) && IsOwn(cred, egid) && IsOwn(cred, sgid)))
            return -Errno.EPERM;
        (cred.Gid, cred.Egid, cred.Sgid) = (rgid ?? cred.Gid, egid ?? cred.Egid, sgid ?? cred.Sgid);
        return 0;
    }

    public string Describe() => $"setresgid({Strace.Id(rgid)}, {Strace.Id(egid)}, {Strace.Id(sgid)})";

    private static bool IsOwn(Credentials cred, uint? gid) => gid is null || gid == cred.Gid || gid == cred.Egid || gid == cred.Sgid;
}

/// <summary>capset(2): <c>cap_capset</c>, security/commoncap.c.</summary>
internal readonly struct CapsetCall(Capability effective, Capability permitted, Capability inheritable) : ISystemCall
{
    public KernelResult Execute(UserProcess process)
    {
        Credentials cred = process.Cred;
        Capability mayInherit = cred.CapInheritable | (cred.Has(Capability.Setpcap) ? cred.CapBset : cred.CapPermitted & cred.CapBset);
        Capability newEffective = effective & Capability.All, newPermitted = permitted & Capability.All, newInheritable = inheritable & Capability.All;
        if ((newInheritable & ~mayInherit) != 0 || (newPermitted & ~cred.CapPermitted) != 0 || (newEffective & ~newPermitted) != 0)
            return -Errno.EPERM;
        (cred.CapEffective, cred.CapPermitted, cred.CapInheritable) = (newEffective, newPermitted, newInheritable);
        return 0;
    }

    public string Describe() => $"capset({Strace.Flags(effective)}, {Strace.Flags(permitted)}, {Strace.Flags(inheritable)})";
}

/// <summary>chmod(2).</summary>
internal readonly struct ChmodCall(string path, UnixFileMode mode) : ISystemCall
{
    public KernelResult Execute(UserProcess process) =>
        PathWalk.Resolve(process.Fs, path, out Dentry? found) is { IsError: true } error ? error : Permission.Chmod(process.Fs, found!, mode);

    public string Describe() => $"chmod(\"{path}\", 0{Convert.ToString((int)mode, 8)})";
}

/// <summary>fchmod(2).</summary>
internal readonly struct FchmodCall(int fd, UnixFileMode mode) : ISystemCall
{
    public KernelResult Execute(UserProcess process) =>
        process.Files.Get(fd) is { FDentry: Dentry dentry } ? Permission.Chmod(process.Fs, dentry, mode) : -Errno.EBADF;

    public string Describe() => $"fchmod({fd}, 0{Convert.ToString((int)mode, 8)})";
}

/// <summary>chown(2).</summary>
internal readonly struct ChownCall(string path, uint? uid, uint? gid) : ISystemCall
{
    public KernelResult Execute(UserProcess process) =>
        PathWalk.Resolve(process.Fs, path, out Dentry? found) is { IsError: true } error ? error : Permission.Chown(process.Fs, found!, uid, gid);

    public string Describe() => $"chown(\"{path}\", {Strace.Id(uid)}, {Strace.Id(gid)})";
}

/// <summary>fchown(2).</summary>
internal readonly struct FchownCall(int fd, uint? uid, uint? gid) : ISystemCall
{
    public KernelResult Execute(UserProcess process) =>
        process.Files.Get(fd) is { FDentry: Dentry dentry } ? Permission.Chown(process.Fs, dentry, uid, gid) : -Errno.EBADF;

    public string Describe() => $"fchown({fd}, {Strace.Id(uid)}, {Strace.Id(gid)})";
}
