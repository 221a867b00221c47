using System;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>A method is put where the kernel will call it.</summary>
/// <param name="Target">The method.</param>
/// <param name="Slot">The property, field or parameter it is put in; for a module's Init and Exit, the virtual method.</param>
/// <param name="Contract">What is said of the slot.</param>
/// <param name="At">Where it is put there.</param>
internal sealed record SlotStore(Target Target, ISymbol Slot, SlotContract Contract, Location At)
{
    /// <summary>The operation's name as in <c>FileOperations.Mmap</c>; of a parameter, the function's as in <c>RequestIrq</c>.</summary>
    public string Name => Slot is IParameterSymbol { ContainingSymbol: { } function } ? function.Name : $"{Slot.ContainingType?.Name}.{Slot.Name}";

    public bool IsSame(SlotStore other) => Target.IsSame(other.Target) && SymbolEqualityComparer.Default.Equals(Slot, other.Slot) && At == other.At;
}

/// <summary>How what is in a slot is called.</summary>
/// <param name="Context">The name of the <c>CallContext</c>; null when nothing is said.</param>
/// <param name="IsAtomic">True when it must not sleep, by an attribute of its own.</param>
internal sealed record SlotContract(string? Context, bool IsAtomic)
{
    public bool IsProcess => Context == "Process" && !IsAtomic;

    public bool IsHardirq => Context == "Hardirq";

    public bool IsSoftirq => Context == "Softirq";

    /// <summary>True when nothing that is called from it may sleep.</summary>
    public bool ForbidsSleep => IsAtomic || IsHardirq || IsSoftirq;

    /// <summary>The context in words.</summary>
    public string Words => Context switch { "Hardirq" => "interrupt context", "Softirq" => "softirq context", "Process" when !IsAtomic => "process context", _ => "atomic context" };
}
