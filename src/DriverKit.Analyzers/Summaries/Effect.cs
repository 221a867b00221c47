using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>Something a method does that may be wrong depending on who calls it: it sleeps, or it asks something of an input.</summary>
/// <param name="Guard">What must be true of the inputs for it to happen.</param>
/// <param name="Chain">The functions below the method, down to the one that does it; empty when it is the method itself.</param>
internal abstract record Effect(Map<Sym, bool> Guard, ImmutableArray<string> Chain)
{
    public static Map<Sym, bool> Always => Map<Sym, bool>.Empty;

    /// <summary>The function that does it in the end; empty for the method itself.</summary>
    public string Culprit => Chain.IsEmpty ? string.Empty : Chain[Chain.Length - 1];

    /// <summary>Two effects that a caller need not tell apart.</summary>
    public abstract object Identity { get; }
}

/// <summary>What kind of function it is that sleeps: rules tell them apart.</summary>
internal enum SleepSort
{
    /// <summary>It waits, or may be scheduled away.</summary>
    Plain,

    /// <summary>It allocates, and its flags let it wait.</summary>
    Allocation,

    /// <summary>It accesses user memory, whose page may have to be brought in.</summary>
    UserAccess,
}

/// <summary>The method may sleep.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that sleeps.</param>
/// <param name="Released">What the caller holds has been released by then.</param>
/// <param name="ReleasedAny">Anything the caller holds may have been released by then.</param>
/// <param name="Flags">The allocation flags that decide, when they do.</param>
/// <param name="Inner">What the method itself holds by then: only the flags are the caller's.</param>
/// <param name="Sort">What kind of function sleeps.</param>
internal sealed record SleepEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, EquatableArray<Release> Released, bool ReleasedAny, Sym? Flags, Hold? Inner, SleepSort Sort)
    : Effect(Guard, Chain)
{
    public override object Identity => (Culprit, Released, ReleasedAny, Flags, Inner, Guard);
}

/// <summary>The method takes a lock, and may have released it again when it returns.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that takes it.</param>
/// <param name="Resource">The name of the <c>KernelResource</c>.</param>
/// <param name="Object">The lock.</param>
/// <param name="Released">What the caller holds has been released by then.</param>
/// <param name="ReleasedAny">Anything the caller holds may have been released by then.</param>
/// <param name="Forbidding">The names of the counts that are held by then: interrupts off, bottom halves off.</param>
/// <param name="IsTry">True when it does not wait for the lock.</param>
internal sealed record LockEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, string Resource, Sym Object, EquatableArray<Release> Released, bool ReleasedAny, EquatableArray<string> Forbidding, bool IsTry)
    : Effect(Guard, Chain)
{
    /// <summary>The call that takes it, in whichever method; null for the contract itself.</summary>
    public Location? At { get; init; }

    public override object Identity => (nameof(LockEffect), At, Resource, Object, Released, ReleasedAny, Forbidding, IsTry, Guard);
}

/// <summary>The method calls a delegate that its caller hands in.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that calls it.</param>
/// <param name="Delegate">The delegate.</param>
/// <param name="Released">What the caller holds has been released by then.</param>
/// <param name="ReleasedAny">Anything the caller holds may have been released by then.</param>
/// <param name="Holds">What the method itself holds by then.</param>
internal sealed record InvokeEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Delegate, EquatableArray<Release> Released, bool ReleasedAny, EquatableArray<Hold> Holds)
    : Effect(Guard, Chain)
{
    public override object Identity => (nameof(InvokeEffect), Delegate, Released, ReleasedAny, Holds, Guard);
}

/// <summary>The method stores a delegate that its caller hands in where the kernel will call it.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that stores it.</param>
/// <param name="Delegate">The delegate.</param>
/// <param name="Slot">The parameter, property or field it is stored in.</param>
internal sealed record SlotEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Delegate, ISymbol Slot)
    : Effect(Guard, Chain)
{
    public override object Identity => (nameof(SlotEffect), Delegate, Slot.ToDisplayString(), Guard);
}

/// <summary>An input must come from one part of the address space.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that requires it.</param>
/// <param name="Root">The input.</param>
/// <param name="Required">The name of the origin it must have.</param>
/// <param name="Alternative">What to call instead for a vmalloc address.</param>
internal sealed record OriginEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Root, string Required, Alternative? Alternative)
    : Effect(Guard, Chain)
{
    public override object Identity => (Culprit, Root, Required, Guard);
}

/// <summary>An input number is used as one kind of address.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that uses it.</param>
/// <param name="Root">The input.</param>
/// <param name="Type">The address type it must be of.</param>
/// <param name="Name">That kind in words.</param>
/// <param name="Use">How it is used.</param>
internal sealed record KindEffect(
    Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Root, ITypeSymbol Type, string Name, string Use)
    : Effect(Guard, Chain)
{
    public override object Identity => (Culprit, Root, Name, Use, Guard);
}

/// <summary>The function a contract names for vmalloc addresses.</summary>
internal sealed record Alternative(string Type, string Method);

/// <summary>A rule asks something of an input: whoever knows what the input is, answers.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that asks.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Root">The input.</param>
/// <param name="What">What is asked, in a word of the rule's own.</param>
internal sealed record InputEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, string Rule, Sym Root, string What)
    : Effect(Guard, Chain)
{
    public override object Identity => (Rule, Culprit, Root, What, Guard);
}
