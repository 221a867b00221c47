using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4009: <c>remap_pfn_range</c> is for memory that is not the kernel's to manage.</summary>
internal sealed class RemapOfUnreservedRam() : FlowCheck(Descriptors.DK4009_RemapOfUnreservedRam)
{
    public override void OnKernelCall(KernelCall call)
    {
        if (!Areas.IsRemap(call.Name) || call.OperationOf(call.IndexOf("pfn"))?.Syntax is not ExpressionSyntax frame)
            return;
        var engine = call.Caller.Engine;
        var sources = new MemorySources(engine.Bodies, engine.Symbols).Of(frame);
        if (sources.Count == 0 || Reserved.IsUsedIn(engine))
            return;
        var made = sources[0].Call.GetLocation();
        call.Report(new(Rule, call.Location, [call.Name, sources[0].Method.Name, LineOf(made)], made, NoProperties));
    }
}
