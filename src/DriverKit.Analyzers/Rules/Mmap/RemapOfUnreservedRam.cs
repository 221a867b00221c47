using System;
using System.Linq;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4009: <c>remap_pfn_range</c> is for memory that is not the kernel's to manage.</summary>
internal sealed class RemapOfUnreservedRam() : FlowCheck(Descriptors.DK4009_RemapOfUnreservedRam)
{
    /// <summary>In a diagnostic's properties: the memory is of whole pages, which can be inserted one by one.</summary>
    public const string IsPages = nameof(IsPages);

    public override void OnKernelCall(KernelCall call)
    {
        var engine = call.Caller.Engine;
        if (!Areas.IsRemap(call.Name) || Reserved.IsUsedIn(engine) || call.OperationOf(call.IndexOf("pfn"))?.Syntax is not ExpressionSyntax frame)
            return;
        var sources = new MemorySources(engine.Bodies, engine.Symbols).Of(frame);
        if (sources.Count == 0)
            return;
        var made = sources[0].Call.GetLocation();
        call.Report(new(Rule, call.Location, [call.Name, sources[0].Method.Name, LineOf(made)], made, IsOfPages(sources[0].Method.Name) ? NoProperties.Add(IsPages, null) : NoProperties));
    }

    /// <summary>False for kmalloc and the caches, whose pages are the allocator's.</summary>
    private static bool IsOfPages(string allocator) => allocator.StartsWith("Get", StringComparison.Ordinal) || allocator.StartsWith("AllocPage", StringComparison.Ordinal) || allocator.StartsWith("Vmalloc", StringComparison.Ordinal);
}
