using DriverKit.Contracts;

namespace DriverKit.Processes;

/// <content>Who the process is, and whose its files are.</content>
public sealed partial class UserProcess
{
    /// <summary>Who the process is, and what it may do. A process that the host has made is root's, with all capabilities but CAP_IPC_LOCK and CAP_SYS_RESOURCE,
    /// so that the limits hold for it; a forked one is what its parent is. A test may set what it likes.</summary>
    public Credentials Cred => Task.Cred;

    /// <summary><c>kill_ok_by_cred</c>: its own user's processes, and those that one has started as another; with CAP_KILL, all.</summary>
    internal bool MaySignal(UserProcess target)
    {
        Credentials own = Cred, other = target.Cred;
        return own.Euid == other.Suid || own.Euid == other.Uid || own.Uid == other.Suid || own.Uid == other.Uid || own.Has(Capability.Kill);
    }

    /// <summary>getuid(2).</summary>
    public uint Getuid() => Cred.Uid;

    /// <summary>geteuid(2).</summary>
    public uint Geteuid() => Cred.Euid;

    /// <summary>getgid(2).</summary>
    public uint Getgid() => Cred.Gid;

    /// <summary>getegid(2).</summary>
    public uint Getegid() => Cred.Egid;

    /// <summary>setuid(2): with CAP_SETUID all three users, for good; without, the effective one, to the real or the saved user. Who is no longer root has no capabilities.</summary>
    /// <exception cref="SyscallException">EPERM, EINVAL (-1).</exception>
    public void Setuid(uint uid) => Call(new SetuidCall(uid));

    /// <summary>seteuid(2): the user whose rights count; root stays able to come back.</summary>
    /// <exception cref="SyscallException">EPERM.</exception>
    public void Seteuid(uint euid) => Call(new SetresuidCall(null, euid, null));

    /// <summary>setresuid(2): the real, the effective and the saved user; null leaves one as it is.</summary>
    /// <exception cref="SyscallException">EPERM.</exception>
    public void Setresuid(uint? ruid, uint? euid, uint? suid) => Call(new SetresuidCall(ruid, euid, suid));

    /// <summary>setgid(2): with CAP_SETGID all three groups; without, the effective one, to the real or the saved group.</summary>
    /// <exception cref="SyscallException">EPERM, EINVAL (-1).</exception>
    public void Setgid(uint gid) => Call(new SetgidCall(gid));

    /// <summary>setegid(2): the group whose rights count.</summary>
    /// <exception cref="SyscallException">EPERM.</exception>
    public void Setegid(uint egid) => Call(new SetresgidCall(null, egid, null));

    /// <summary>setresgid(2): the real, the effective and the saved group; null leaves one as it is.</summary>
    /// <exception cref="SyscallException">EPERM.</exception>
    public void Setresgid(uint? rgid, uint? egid, uint? sgid) => Call(new SetresgidCall(rgid, egid, sgid));

    /// <summary>capget(2).</summary>
    public (Capability Effective, Capability Permitted, Capability Inheritable) Capget() => (Cred.CapEffective, Cred.CapPermitted, Cred.CapInheritable);

    /// <summary>capset(2): what is not permitted any more does not come back.</summary>
    /// <exception cref="SyscallException">EPERM: more permitted than before, more effective than permitted, or inheritable what it does not have.</exception>
    public void Capset(Capability effective, Capability permitted, Capability inheritable = Capability.None) => Call(new CapsetCall(effective, permitted, inheritable));

    /// <summary>chmod(2).</summary>
    /// <exception cref="SyscallException">EPERM (not the owner, or a text of /proc), ENOENT, ENOTDIR, EACCES, ENAMETOOLONG.</exception>
    public void Chmod(string path, UnixFileMode mode) => Call(new ChmodCall(NotNull(path), mode));

    /// <summary>fchmod(2).</summary>
    /// <exception cref="SyscallException">EBADF, EPERM (not the owner, or a text of /proc).</exception>
    public void Fchmod(int fd, UnixFileMode mode) => Call(new FchmodCall(fd, mode));

    /// <summary>chown(2): null leaves the user or the group as it is.</summary>
    /// <exception cref="SyscallException">EPERM (only the privileged give files away), ENOENT, ENOTDIR, EACCES, ENAMETOOLONG.</exception>
    public void Chown(string path, uint? uid, uint? gid) => Call(new ChownCall(NotNull(path), uid, gid));

    /// <summary>fchown(2): null leaves the user or the group as it is.</summary>
    /// <exception cref="SyscallException">EBADF, EPERM (only the privileged give files away).</exception>
    public void Fchown(int fd, uint? uid, uint? gid) => Call(new FchownCall(fd, uid, gid));
}
