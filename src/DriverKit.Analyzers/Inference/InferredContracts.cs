using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Inference;

/// <summary>The inferred contracts that an assembly carries, by the documentation ids of its methods.</summary>
internal sealed class InferredContracts
{
    private static readonly ConditionalWeakTable<IAssemblySymbol, InferredContracts> Known = new();

    private readonly Dictionary<string, ImmutableArray<InferredItem>> _methods = [];

    private InferredContracts(IAssemblySymbol assembly)
    {
        if (!RefersToKit(assembly))
            return;
        foreach (var attribute in assembly.GetAttributes())
        {
            if (!IsInferredContract(attribute.AttributeClass) || attribute.ConstructorArguments.Length != 2)
                continue;
            if (attribute.ConstructorArguments[0].Value is string method && ContractText.Read(attribute.ConstructorArguments[1].Value as string) is { } items
                && items.All(item => InferredAttributes.IsKnown(item, attribute.AttributeClass!.ContainingAssembly)))
                _methods[method] = items;
        }
    }

    /// <summary>The names of the methods that something is said of.</summary>
    public IEnumerable<string> MethodNames => _methods.Keys.Select(NameIn).Where(static name => name.Length > 0).Distinct();

    /// <summary>True when something is said of any method.</summary>
    public bool IsAny => _methods.Count > 0;

    public static InferredContracts Of(IAssemblySymbol assembly) => Known.GetValue(assembly, static assembly => new(assembly));

    /// <summary>What is said of a method in the assembly that it comes from; nothing of a method of this compilation, whose code is at hand.</summary>
    public static ImmutableArray<InferredItem> Of(IMethodSymbol method, IAssemblySymbol compilation)
    {
        if (method.ContainingAssembly is not { } assembly || SymbolEqualityComparer.Default.Equals(assembly, compilation))
            return [];
        var contracts = Of(assembly);
        return contracts.IsAny && method.OriginalDefinition.GetDocumentationCommentId() is { } id && contracts._methods.TryGetValue(id, out var items) ? items : [];
    }

    private static bool RefersToKit(IAssemblySymbol assembly) => assembly.Modules.Any(static module => module.ReferencedAssemblies.Any(static reference => reference.Name == "DriverKit"));

    private static bool IsInferredContract(INamedTypeSymbol? type) => type is
    {
        Name: "InferredContractAttribute",
        ContainingNamespace: { Name: "Contracts", ContainingNamespace: { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true } },
    };

    /// <summary>The name by which code uses the method: a constructor's is its type's, an accessor's the property's.</summary>
    private static string NameIn(string id)
    {
        int end = id.IndexOf('(');
        string[] parts = (end < 0 ? id : id.Substring(0, end)).Split('.');
        string name = parts[parts.Length - 1];
        if (name == "#ctor" && parts.Length > 1)
            name = parts[parts.Length - 2];
        int generic = name.IndexOf('`');
        if (generic >= 0)
            name = name.Substring(0, generic);
        return name.StartsWith("get_", System.StringComparison.Ordinal) || name.StartsWith("set_", System.StringComparison.Ordinal) ? name.Substring(4) : name;
    }
}
