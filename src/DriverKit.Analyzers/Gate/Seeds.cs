using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Gate;

/// <summary>The names that are DriverKit's own, each with what a member that uses it comes to.</summary>
internal static class Seeds
{
    private static readonly string[] AddressTypes =
    [
        "UserVirtualAddress", "PhysicalAddress", "BusAddress", "KernelLogicalAddress", "KernelVirtualAddress", "IoAddress",
    ];

    private static readonly Dictionary<string, Reach> Attributes = new()
    {
        ["MightSleep"] = Reach.Sleep,
        ["Acquires"] = Reach.Slot,
        ["Releases"] = Reach.None,
        ["ReturnsOrigin"] = Reach.Origin,
        ["RequiresOrigin"] = Reach.Sink,
        ["AddressKind"] = Reach.Number | Reach.Address,
    };

    /// <summary>The names that are no header's.</summary>
    public static IEnumerable<string> OwnNames => AddressTypes.Concat(Attributes.Keys).Concat(Attributes.Keys.Select(static name => name + "Attribute"));

    public static Dictionary<string, Reach> Of(Compilation compilation, KnownSymbols symbols)
    {
        // A library of kernel functions has contracts under names that nobody has listed: then every use of DriverKit may come to anything.
        var any = HasOtherContracts(compilation, symbols) ? Reach.All : Reach.Kernel;
        var seeds = symbols.HeaderNames.Concat(OwnNames).Distinct().ToDictionary(static name => name, _ => any);
        foreach (var pair in Attributes)
        {
            Add(pair.Key, pair.Value);
            Add(pair.Key + "Attribute", pair.Value);
        }

        foreach (var method in symbols.HeaderMethods)
            Add(method.Name, ReachOf(method, symbols));
        foreach (string name in AddressTypes.Concat(new AddressMembers(symbols).Names))
            Add(name, Reach.Address);
        Add("Value", Reach.Number);
        Add("Deconstruct", Reach.Number);
        return seeds;

        void Add(string name, Reach reach) => seeds[name] = seeds.TryGetValue(name, out var known) ? known | reach : reach;
    }

    /// <summary>True for a name that takes an address apart when it stands before a parenthesis in a pattern.</summary>
    public static bool IsAddressType(string name) => AddressTypes.Contains(name);

    private static Reach ReachOf(IMethodSymbol method, KnownSymbols symbols)
    {
        var reach = Reach.None;
        foreach (var attribute in method.GetAttributes())
        {
            if (Is(attribute, symbols.MightSleepAttribute))
                reach |= Reach.Sleep;
            else if (Is(attribute, symbols.AcquiresAttribute))
                reach |= Reach.Slot;
        }

        if (method.GetReturnTypeAttributes().Any(attribute => Is(attribute, symbols.ReturnsOriginAttribute)))
            reach |= Reach.Origin;
        if (method.Parameters.Any(parameter => parameter.GetAttributes().Any(attribute => Is(attribute, symbols.RequiresOriginAttribute))))
            reach |= Reach.Sink;
        return reach;
    }

    private static bool Is(AttributeData attribute, INamedTypeSymbol? type) => SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, type);

    private static bool HasOtherContracts(Compilation compilation, KnownSymbols symbols)
    {
        var own = symbols.MightSleepAttribute.ContainingAssembly;
        return compilation.SourceModule.ReferencedAssemblySymbols.Any(assembly =>
            !SymbolEqualityComparer.Default.Equals(assembly, own)
            && assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == own.Name)));
    }
}
