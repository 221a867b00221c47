using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using DriverKit.Analyzers.Inference;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Gate;

/// <summary>The names that are DriverKit's own, each with what a member that uses it comes to.</summary>
internal static class Seeds
{
    /// <summary>A name of these before a parenthesis in a pattern takes an address apart.</summary>
    public static readonly string[] AddressTypes =
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

    private static readonly string[] AreaTypes = ["VmAreaStruct", "VmOperationsStruct", "NopageResult", "NopageOperation", "MmapOperation", "Pfn"];

    /// <summary>The names that are no header's.</summary>
    public static IEnumerable<string> OwnNames => AddressTypes.Concat(AreaTypes).Concat(Attributes.Keys).Concat(Attributes.Keys.Select(static name => name + "Attribute"));

    [MethodImpl(Jit.AtOnce)]
    public static Dictionary<string, Reach> Of(Compilation compilation, KnownSymbols symbols)
    {
        // A library of kernel functions has contracts under names that nobody has listed: then every use of DriverKit may come to anything.
        var any = HasOtherContracts(compilation, symbols) ? Reach.All : Reach.Kernel;
        var said = SaidWith(symbols);
        var seeds = symbols.HeaderNames.Concat(OwnNames).Distinct().Where(name => !said.Contains(name)).ToDictionary(static name => name, _ => any);
        foreach (var type in symbols.Types.Where(type => Vocabulary.IsTelling(type.Name) && !said.Contains(type.Name)))
            Add(type.Name, any);
        foreach (var pair in Attributes)
        {
            Add(pair.Key, pair.Value);
            Add(pair.Key + "Attribute", pair.Value);
        }

        foreach (var method in symbols.HeaderMethods.Where(method => !said.Contains(method.Name)))
            Add(method.Name, ReachOf(method));
        foreach (string name in AddressTypes.Concat(new AddressMembers(symbols).Names))
            Add(name, Reach.Address);
        Add("Value", Reach.Number);
        Add("Deconstruct", Reach.Number);
        foreach (string name in InferredNames(compilation))
            Add(name, Reach.All);
        return seeds;

        void Add(string name, Reach reach) => seeds[name] = seeds.TryGetValue(name, out var known) ? known | reach : reach;
    }

    /// <summary>The names of functions that take a text and nothing else, and give nothing back, with those of their levels: printk. Code that does no more with the kernel than to speak has nothing for any rule.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static HashSet<string> SaidWith(KnownSymbols symbols)
    {
        var speaking = symbols.HeaderMethods.ToLookup(static method => method.Name).Where(static overloads => overloads.All(Speaks)).ToList();
        return [.. speaking.Select(static overloads => overloads.Key), .. speaking.SelectMany(static overloads => overloads).SelectMany(static method => method.Parameters).Select(static parameter => parameter.Type)
            .Where(static type => type.TypeKind == TypeKind.Enum).Select(static type => type.Name)];
    }

    [MethodImpl(Jit.AtOnce)]
    private static bool Speaks(IMethodSymbol method) =>
        method.ReturnsVoid && method.GetAttributes().IsEmpty && method.Parameters.Any(static parameter => parameter.Type.SpecialType == SpecialType.System_String)
        && method.Parameters.All(static parameter => parameter.Type is { SpecialType: SpecialType.System_String } or { TypeKind: TypeKind.Enum });

    private static Reach ReachOf(IMethodSymbol method)
    {
        var reach = Reach.None;
        foreach (var contract in ContractAttribute.Read(method.GetAttributes().Concat(method.GetReturnTypeAttributes()).Concat(method.Parameters.SelectMany(static parameter => parameter.GetAttributes()))))
            reach |= Attributes.TryGetValue(contract.Name, out var known) ? known : Reach.None;
        return reach;
    }

    /// <summary>The names of methods in libraries that say what they do to their callers.</summary>
    public static IEnumerable<string> InferredNames(Compilation compilation) =>
        compilation.SourceModule.ReferencedAssemblySymbols.SelectMany(static assembly => InferredContracts.Of(assembly).MethodNames);

    private static bool HasOtherContracts(Compilation compilation, KnownSymbols symbols)
    {
        var own = symbols.MightSleepAttribute.ContainingAssembly;
        return compilation.SourceModule.ReferencedAssemblySymbols.Any(assembly =>
            !SymbolEqualityComparer.Default.Equals(assembly, own)
            && assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == own.Name)));
    }
}
