using System.Collections.Generic;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>Memory that a field of the driver's has.</summary>
internal static class FieldMemory
{
    /// <summary>The field that a value is read from, when it is one of the object's own or a static one.</summary>
    public static ISymbol? FieldOf(Sym value) => value switch
    {
        Sym.Member { Receiver: null or Sym.This, Symbol: IFieldSymbol field } => field.OriginalDefinition,
        _ => null,
    };

    /// <summary>The fields whose memory a value is computed from: read from them, or put into them on this path.</summary>
    public static IEnumerable<ISymbol> FieldsBehind(Sym value, State state)
    {
        var fields = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        value.Any(part =>
        {
            if (FieldOf(part) is { } field)
                fields.Add(field);
            return false;
        });
        foreach (var entry in state.Store)
        {
            if (entry.Key is Place.Cell { Receiver: null or Sym.This, Symbol: IFieldSymbol field } && entry.Value.Id is not Sym.Const && value.Contains(entry.Value.Id))
                fields.Add(field.OriginalDefinition);
        }

        return fields;
    }

    /// <summary>True for what the driver keeps of itself, and not for what the kernel hands to it or an argument.</summary>
    public static bool IsOwnState(Sym part) =>
        part is Sym.Member { Symbol: var member } && member.ContainingAssembly?.Name != "DriverKit";
}
