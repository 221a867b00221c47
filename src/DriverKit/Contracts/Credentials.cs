namespace DriverKit.Contracts;

/// <summary>Who a task is, and what it may do: <c>uid</c>, <c>cap_effective</c> and their kin of <c>struct task_struct</c>.</summary>
/// <remarks>New ones are root's, with every capability. A process changes its own by setuid() and capset(); setting them here is what the kernel does, or a test.
/// The model has no groups but the one a task is in.</remarks>
public sealed class Credentials
{
    /// <summary><c>uid</c>: the user.</summary>
    public uint Uid { get; set; }

    /// <summary><c>euid</c>: the user whose rights count.</summary>
    public uint Euid { get; set; }

    /// <summary><c>suid</c>: the user it may change back to.</summary>
    public uint Suid { get; set; }

    /// <summary><c>gid</c>: the group.</summary>
    public uint Gid { get; set; }

    /// <summary><c>egid</c>: the group whose rights count.</summary>
    public uint Egid { get; set; }

    /// <summary><c>sgid</c>: the group it may change back to.</summary>
    public uint Sgid { get; set; }

    /// <summary><c>cap_effective</c>: what counts now.</summary>
    public Capability CapEffective { get; set; } = Capability.All;

    /// <summary><c>cap_permitted</c>: what it may make effective.</summary>
    public Capability CapPermitted { get; set; } = Capability.All;

    /// <summary><c>cap_inheritable</c>: what a program of its own that asks for it would get; no program of the model does.</summary>
    public Capability CapInheritable { get; set; }

    /// <summary><c>cap_bset</c>: what execve() can give it at most.</summary>
    public Capability CapBset { get; set; } = Capability.All;

    /// <summary><c>capable(cap)</c>: true when all of them are effective.</summary>
    public bool Has(Capability capability) => (CapEffective & capability) == capability;

    /// <summary>Takes capabilities away, for good.</summary>
    internal void Drop(Capability capability)
    {
        CapBset &= ~capability;
        CapPermitted &= ~capability;
        CapEffective &= ~capability;
        CapInheritable &= ~capability;
    }

    /// <summary>Becomes what another task is.</summary>
    internal void CopyFrom(Credentials other)
    {
        (Uid, Euid, Suid) = (other.Uid, other.Euid, other.Suid);
        (Gid, Egid, Sgid) = (other.Gid, other.Egid, other.Sgid);
        (CapEffective, CapPermitted, CapInheritable, CapBset) = (other.CapEffective, other.CapPermitted, other.CapInheritable, other.CapBset);
    }

    /// <summary>Changes users, and what goes with leaving or becoming root (<c>cap_emulate_setxuid</c>, security/commoncap.c).</summary>
    internal void SetUsers(uint uid, uint euid, uint suid)
    {
        bool wasRoot = Uid == 0 || Euid == 0 || Suid == 0, wasEffective = Euid == 0;
        (Uid, Euid, Suid) = (uid, euid, suid);
        if (wasRoot && uid != 0 && euid != 0 && suid != 0)
            CapPermitted = CapEffective = Capability.None;
        if (wasEffective && euid != 0)
            CapEffective = Capability.None;
        else if (!wasEffective && euid == 0)
            CapEffective = CapPermitted;
    }

    /// <summary>What a new program starts with (<c>cap_bprm_set_security</c>, <c>cap_bprm_apply_creds</c>): root gets everything, others nothing.</summary>
    /// <param name="fileUid">The owner of a program that runs as its owner; null: it runs as who executes it.</param>
    /// <param name="fileGid">The group of a program that runs as its group; null: likewise.</param>
    internal void Execute(uint? fileUid, uint? fileGid)
    {
        Euid = Suid = fileUid ?? Euid;
        Egid = Sgid = fileGid ?? Egid;
        CapPermitted = Euid == 0 || Uid == 0 ? CapBset : Capability.None;
        CapEffective = Euid == 0 ? CapPermitted : Capability.None;
    }
}
