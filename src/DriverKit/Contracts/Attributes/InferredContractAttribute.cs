namespace DriverKit.Contracts;

/// <summary>On an assembly: what the analyzers found out about one of its public methods when it was built, for those who build against it without its source.</summary>
/// <remarks>A generator in DriverKit's analyzers writes it; <c>docs/contracts.md</c> describes the text. What the method's own attributes say goes before it, and a text that
/// nobody understands says nothing.</remarks>
/// <param name="method">The method's documentation id, as in <c>M:Lib.Helper.Push(DriverKit.Locking.Spinlock)</c>.</param>
/// <param name="contract">What it does to its caller: contract attributes in short, as in <c>method Acquires(Spinlock); method MightSleep(Via=Kmalloc)</c>.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class InferredContractAttribute(string method, string contract) : Attribute
{
    /// <summary>The method's documentation id.</summary>
    public string Method { get; } = method;

    /// <summary>What it does to its caller.</summary>
    public string Contract { get; } = contract;
}
