using DriverKit.Contracts;

namespace DriverKit.Scheduling;

/// <content>Who the task is.</content>
public sealed partial class TaskStruct
{
    /// <summary>Who the task is, and what it may do.</summary>
    public Credentials Cred { get; } = new();

    /// <summary><c>uid</c>: the user the task belongs to.</summary>
    public uint Uid => Cred.Uid;

    /// <summary><c>euid</c>: the user whose rights the task has.</summary>
    public uint Euid => Cred.Euid;

    /// <summary><c>gid</c>: the group the task belongs to.</summary>
    public uint Gid => Cred.Gid;

    /// <summary><c>egid</c>: the group whose rights the task has.</summary>
    public uint Egid => Cred.Egid;
}
