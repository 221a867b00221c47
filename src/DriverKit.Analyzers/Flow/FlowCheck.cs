using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Flow;

/// <summary>One rule on the engine. It is told what happens on each path and says what is wrong; it keeps no state of its own.</summary>
/// <remarks>It is asked only for what it overrides. The same place is reached many times, by different paths: a finding is reported once.</remarks>
internal abstract class FlowCheck(DiagnosticDescriptor rule)
{
    public DiagnosticDescriptor Rule => rule;

    /// <summary>False when code that comes to no more than this cannot break the rule.</summary>
    [MethodImpl(Jit.AtOnce)]
    public virtual bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel);

    /// <summary>What the rule goes by and shares with others; null for nothing.</summary>
    public virtual Observer? Observer => null;

    /// <summary>A call does something that depends on its caller; of effects that are the engine's own there are other hooks.</summary>
    public virtual void OnCall(Effect effect, CallSite site)
    {
    }

    /// <summary>A kernel function is about to be called, with the state before the call.</summary>
    public virtual void OnKernelCall(KernelCall call)
    {
    }

    /// <summary>A kernel function has been called: the check may note something on the result.</summary>
    public virtual Value OnKernelResult(KernelCall call, Value result) => result;

    /// <summary>A call sleeps while something is held that forbids it.</summary>
    public virtual void OnSleep(Sleep sleep)
    {
    }

    /// <summary>A lock is about to be taken, here or in a callee, with what is held by then.</summary>
    public virtual void OnLock(LockEffect taken, EquatableArray<Hold> holds, CallSite site)
    {
    }

    /// <summary>A call leaves something held: a lock, a count, a slot.</summary>
    public virtual void OnTake(Hold hold, Aftermath call)
    {
    }

    /// <summary>A call releases a lock, a count or a slot; <paramref name="hold"/> is what it lets go of, null when nothing that fits is held here.</summary>
    public virtual void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
    }

    /// <summary>A call releases an object.</summary>
    public virtual void OnRelease(ObjectRelease release, Aftermath call)
    {
    }

    /// <summary>A value is used: it is an argument of a call that is no release, or the object of a member access.</summary>
    public virtual void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
    }

    /// <summary>A number becomes an address, or meets one.</summary>
    public virtual void OnNumber(NumberUse use, Evaluator evaluator)
    {
    }

    /// <summary>Two numbers are compared, added or subtracted, shifted.</summary>
    public virtual void OnArithmetic(IOperation operation, BinaryOperatorKind kind, Value left, Value right, Evaluator evaluator)
    {
    }

    /// <summary>A number is an index, or the length of a new array.</summary>
    public virtual void OnIndex(Value number, IOperation operation, Evaluator evaluator)
    {
    }

    /// <summary>A call is a statement of its own, and its result is nobody's.</summary>
    public virtual void OnDropped(Value value, IInvocationOperation call, Evaluator evaluator)
    {
    }

    /// <summary>A number becomes the number of a page frame.</summary>
    public virtual void OnFrameNumber(Value number, IOperation operation, Evaluator evaluator)
    {
    }

    /// <summary>A value is put into a field or property.</summary>
    public virtual void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
    }

    /// <summary>A branch goes by a condition.</summary>
    public virtual void OnCondition(Value condition, IOperation operation, Evaluator evaluator)
    {
    }

    /// <summary>A value is returned; finally blocks are still to come.</summary>
    public virtual void OnReturn(Value value, IOperation operation, Evaluator evaluator)
    {
    }

    /// <summary>A path leaves the body.</summary>
    public virtual void OnExit(ExitSite exit)
    {
    }

    /// <summary>All paths of the body are over: for a rule that compares them.</summary>
    public virtual void OnEnd(EndSite end)
    {
    }

    /// <summary>The body's summary is known, and so are those of the whole compilation: for a rule that compares methods.</summary>
    public virtual void OnChecked(CheckedSite site)
    {
    }

    /// <summary>The body is one that the kernel calls: what its summary says happens there, with nothing held.</summary>
    public virtual void OnEntry(EntrySite entry)
    {
    }

    /// <summary>A method is put where the kernel will call it.</summary>
    public virtual void OnSlot(SlotStore store, Evaluator evaluator)
    {
    }

    protected static ImmutableDictionary<string, string?> NoProperties => ImmutableDictionary<string, string?>.Empty;

    /// <summary>The line as editors count it.</summary>
    protected static int LineOf(Location? location) => (location?.GetLineSpan().StartLinePosition.Line ?? 0) + 1;

    /// <summary>The chain of calls in brackets, when there is more than the call itself.</summary>
    protected static string Through(ImmutableArray<string> chain) => chain.Length < 2 ? string.Empty : $" ({string.Join(" → ", chain)})";
}

/// <summary>A number used as an address of one kind.</summary>
/// <param name="Number">The number.</param>
/// <param name="Type">The address type it is used as.</param>
/// <param name="Name">That kind in words.</param>
/// <param name="How">What is done, for the message.</param>
/// <param name="At">The operation.</param>
/// <param name="IsSum">True for sums, differences and comparisons, where a distance is in its place.</param>
internal sealed record NumberUse(Value Number, ITypeSymbol Type, string Name, string How, IOperation At, bool IsSum);
