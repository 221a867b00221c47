using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2001: the page and the physical address of low memory are computed; those of any other address must be looked up.</summary>
internal sealed class VirtToPageOnNonLogicalAddress() : FlowCheck(Descriptors.DK2001_VirtToPageOnNonLogicalAddress)
{
    /// <summary>In a diagnostic's properties: the type and the name of the function to call instead.</summary>
    public const string AlternativeType = nameof(AlternativeType), AlternativeMethod = nameof(AlternativeMethod);

    private const string Vmalloc = nameof(Vmalloc);

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Sink | Reach.Origin);

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not OriginEffect requirement || site.Lift(requirement.Root) is not { } value || site.State.IsQuestioned(value))
            return;
        if (value.Origin is { } origin)
        {
            if (origin.Name != requirement.Required)
                site.Report(Describe(requirement, origin, site));
        }
        else if (value.Root is { IsFromEntry: true } root)
        {
            site.Raise(requirement with { Guard = site.Guard, Chain = site.Chain, Root = root });
        }
    }

    private Finding Describe(OriginEffect requirement, Origin origin, CallSite site)
    {
        var chain = site.Chain;
        string through = chain.Length == 1 ? string.Empty : $" (it gets there through {string.Join(" → ", chain)})";
        bool canReplace = origin.Name == Vmalloc && requirement.Alternative is not null;
        var properties = canReplace && site.IsDirect
            ? NoProperties.Add(AlternativeType, requirement.Alternative!.Type).Add(AlternativeMethod, requirement.Alternative.Method)
            : NoProperties;
        string advice = canReplace ? $"call {requirement.Alternative!.Method} instead" : AdviceFor(origin.Name);
        return new(
            Rule,
            site.LocationOf(requirement.Root),
            ImmutableArray.Create<object>(
                chain[chain.Length - 1], WordsFor(requirement.Required), WordsFor(origin.By, origin.Name), LineOf(origin.At), through, advice),
            origin.At,
            properties);
    }

    private static string AdviceFor(string origin) => origin switch
    {
        "Kmap" or "KmapAtomic" => "use the page that was mapped",
        "Ioremap" => "device memory has no page; keep the physical address it was mapped from",
        Vmalloc => "vmalloc memory is physically scattered; look each page up",
        _ => "keep the address the function asks for",
    };

    private static string WordsFor(string origin) => origin == "LowMemory" ? "low memory" : origin;

    /// <summary>The function that made the address; with its origin in words when the name does not say it.</summary>
    private static string WordsFor(string by, string origin) => by.EndsWith(origin, System.StringComparison.Ordinal) ? by : $"{by} ({WordsFor(origin)})";
}
