using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2002: the number of an address means nothing outside its kind.</summary>
internal sealed class AddressKindsMixed() : FlowCheck(Descriptors.DK2002_AddressKindsMixed)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Number | Reach.Address);

    public override void OnNumber(NumberUse use, Evaluator evaluator)
    {
        var number = use.Number;
        if (number.Kind is { } kind)
        {
            if (!PhysicalAddressGivenToDevice.IsMadePhysical(use) && !IsOneFamily(kind.Type, use.Type) && (number.Distance == Distance.No || !use.IsSum))
                evaluator.Report(Describe(kind, use.Name, use.How, use.At.Syntax.GetLocation(), []));
        }
        else if (CallerDecides(number) && (!use.IsSum || use.How == ComparedWith))
        {
            var guard = evaluator.State.EntryFacts();
            evaluator.Raise(new KindEffect(guard, [], number.Root!, use.Type, use.Name, use.How), use.At.Syntax.GetLocation());
        }
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not KindEffect use || site.Lift(use.Root) is not { } number)
            return;
        if (number.Kind is { } kind && !number.IsAddress)
        {
            if (!IsOneFamily(kind.Type, use.Type) && (number.Distance == Distance.No || use.Use != ComparedWith))
                site.Report(Describe(kind, use.Name, use.Use, site.LocationOf(use.Root), site.Chain));
        }
        else if (CallerDecides(number))
        {
            site.Raise(use with { Guard = site.Guard, Chain = site.Chain, Root = number.Root! });
        }
    }

    private const string ComparedWith = "compared with";

    /// <summary>True when the number is an input that has not been taken from an address here.</summary>
    private static bool CallerDecides(Value number) =>
        number is { Kind: null, IsAddress: false, Distance: not Distance.Likely, Root.IsFromEntry: true };

    /// <summary>Kinds that convert into each other: a logical address is a kernel virtual address, and how it narrows back is DK2001's.</summary>
    private static bool IsOneFamily(ITypeSymbol left, ITypeSymbol right) =>
        SymbolEqualityComparer.Default.Equals(left, right) || ConvertsTo(left, right) || ConvertsTo(right, left);

    private static bool ConvertsTo(ITypeSymbol from, ITypeSymbol to) =>
        from.GetMembers(WellKnownMemberNames.ImplicitConversionName).OfType<IMethodSymbol>()
            .Any(conversion => SymbolEqualityComparer.Default.Equals(conversion.ReturnType, to));

    private Finding Describe(Kind kind, string other, string how, Location at, ImmutableArray<string> chain)
    {
        string through = chain.IsEmpty ? string.Empty : $" in {string.Join(" → ", chain)}";
        string advice = how != "made into" ? "bring both to one kind first"
            : IsUser(kind.Name) || IsUser(other) ? "only copy_to_user, copy_from_user and their kin cross between user space and the kernel"
            : "convert it with the function that maps one kind to the other";
        return new(Rule, at, ImmutableArray.Create<object>(WithArticle(kind.Name), LineOf(kind.At), how, WithArticle(other), through, advice), kind.At, NoProperties);
    }

    private static bool IsUser(string kind) => kind.StartsWith("user", System.StringComparison.Ordinal);

    private static string WithArticle(string kind) => (kind[0] is 'I' or 'a' or 'e' or 'i' or 'o' ? "an " : "a ") + kind;
}
