using System;
using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Inference;

/// <summary>Makes contract attributes of what an assembly says was inferred. It may say anything, so it is taken only where it makes sense.</summary>
internal static class InferredAttributes
{
    /// <summary>The attributes of one place, with those inferred beside those written: a written one of the same name goes before.</summary>
    public static ImmutableArray<ContractAttribute> Add(ImmutableArray<InferredItem> inferred, IMethodSymbol method, int place, ImmutableArray<ContractAttribute> written) =>
        inferred.IsEmpty ? written : [.. written, .. inferred
            .Where(item => item.Place == place && !written.Any(attribute => attribute.Name == item.Name) && IsFor(item, method))
            .Select(static item => new ContractAttribute(
                item.Name,
                item.Argument is null ? [] : [item.Argument],
                item.Named.ToImmutableDictionary(static pair => pair.Key, static pair => pair.Value == "true" ? true : (object?)pair.Value)))];

    /// <summary>True for an item whose attribute may stand in its place and whose argument is a member of the enum it should be.</summary>
    public static bool IsKnown(InferredItem item, IAssemblySymbol kit)
    {
        string? argument = item switch
        {
            { Place: InferredItem.OnMethod, Name: "MightSleep" or "MustCheck" } => string.Empty,
            { Place: InferredItem.OnMethod, Name: "Acquires" or "Releases" } => "KernelResource",
            { Place: InferredItem.OnReturn, Name: "ReturnsOrigin" } or { Place: >= 0, Name: "RequiresOrigin" } => "AddressOrigin",
            { Place: InferredItem.OnReturn, Name: "AllocatesWith" } or { Place: >= 0, Name: "FreesWith" } => "Allocator",
            _ => null,
        };
        if (argument is null || (item.Named.TryGetValue("When", out string? when) && !IsMember("ResultMeaning", when)))
            return false;
        return argument.Length == 0 ? item.Argument is null : item.Argument is { } name && IsMember(argument, name);

        bool IsMember(string type, string name) => kit.GetTypeByMetadataName("DriverKit.Contracts." + type)?.GetMembers(name).OfType<IFieldSymbol>().Any(static field => field.HasConstantValue) == true;
    }

    /// <summary>The condition of an effect: boolean parameters, negated by an exclamation mark, joined by ampersands.</summary>
    public static Map<Sym, bool> GuardOf(ContractAttribute contract, IMethodSymbol method)
    {
        var guard = Effect.Always;
        foreach (string part in contract.Text("If")?.Split('&') ?? [])
        {
            if (Find(method, part.TrimStart('!')) is { } parameter)
                guard = guard.SetItem(new Sym.Entry(parameter), part[0] != '!');
        }

        return guard;
    }

    /// <summary>The functions below the method.</summary>
    public static ImmutableArray<string> ChainOf(ContractAttribute contract) => contract.Text("Via") is { } names ? [.. names.Split('>')] : [];

    /// <summary>True when the parameters that the item names are there.</summary>
    private static bool IsFor(InferredItem item, IMethodSymbol method)
    {
        foreach (string key in new[] { "FlagsParameter", "Lock", "KeyParameter" })
        {
            if (item.Named.TryGetValue(key, out string? name) && Find(method, name) is null)
                return false;
        }

        return !item.Named.TryGetValue("If", out string? condition)
            || condition.Split('&').All(part => Find(method, part.TrimStart('!')) is { Type.SpecialType: SpecialType.System_Boolean });
    }

    private static IParameterSymbol? Find(IMethodSymbol method, string name) => method.Parameters.FirstOrDefault(parameter => parameter.Name == name);
}
