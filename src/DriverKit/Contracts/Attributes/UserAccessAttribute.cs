namespace DriverKit.Contracts;

/// <summary>The method accesses the memory of a process, whose pages may be missing (klint's table of user access, sparse's <c>__user</c>).</summary>
/// <remarks>A fault sleeps, so most are <see cref="MightSleepAttribute"/> too: those must not be called in atomic context (DK1004). Their results must be looked at (DK5001).</remarks>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UserAccessAttribute : Attribute
{
    /// <summary>The name of the form for atomic context, in the same class. Null: there is none. The code fix of DK1004 puts it in place of the call.</summary>
    public string? InatomicForm { get; init; }

    /// <summary>It does not check the address: <c>access_ok()</c> must have been asked before (DK5005). So it is for the forms with two underscores.</summary>
    public bool Unchecked { get; init; }
}
