using System.Collections.Immutable;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Flow;

/// <summary>One rule on the engine. It is told what happens on each path and says what is wrong; it keeps no state of its own.</summary>
internal abstract class FlowCheck(DiagnosticDescriptor rule)
{
    public DiagnosticDescriptor Rule => rule;

    /// <summary>False when code that comes to no more than this cannot break the rule.</summary>
    public abstract bool MayReport(Reach reach);

    /// <summary>A call does something that depends on its caller.</summary>
    public virtual void OnCall(Effect effect, CallSite site)
    {
    }

    /// <summary>A number becomes an address, or meets one.</summary>
    public virtual void OnUse(NumberUse use, Evaluator evaluator)
    {
    }

    /// <summary>A delegate that nothing is known of here is called.</summary>
    public virtual void OnInvoke(Value target, Evaluator evaluator)
    {
    }

    protected static ImmutableDictionary<string, string?> NoProperties => ImmutableDictionary<string, string?>.Empty;

    /// <summary>The line as editors count it.</summary>
    protected static int LineOf(Location? location) => (location?.GetLineSpan().StartLinePosition.Line ?? 0) + 1;
}

/// <summary>A number used as an address of one kind.</summary>
/// <param name="Number">The number.</param>
/// <param name="Type">The address type it is used as.</param>
/// <param name="Name">That kind in words.</param>
/// <param name="How">What is done, for the message.</param>
/// <param name="At">The operation.</param>
/// <param name="IsSum">True for sums, differences and comparisons, where a distance is in its place.</param>
internal sealed record NumberUse(Value Number, ITypeSymbol Type, string Name, string How, IOperation At, bool IsSum);
