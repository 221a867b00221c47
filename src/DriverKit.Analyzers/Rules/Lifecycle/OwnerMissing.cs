using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8008: operations without an owner are given to a device of a module, and the device has none either.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class OwnerMissing() : OperationRule(Descriptors.DK8008_OwnerMissing)
{
    /// <summary>In the properties: <c>this</c> is the module.</summary>
    public const string ThisIsOwner = nameof(ThisIsOwner);

    private const string Owner = nameof(Owner), Cdev = nameof(Cdev), ProcDirEntry = nameof(ProcDirEntry);

    private protected override void Register(CompilationStartAnalysisContext context, KnownSymbols symbols, Func<SyntaxTree, bool> isOn)
    {
        var owners = new Lazy<ImmutableHashSet<string>>(() => OwnersSet(context.Compilation, context.CancellationToken));
        var hasModule = new Lazy<bool>(() => HasModule(context.Compilation.Assembly.GlobalNamespace));
        var kit = symbols.MightSleepAttribute.ContainingAssembly;
        context.RegisterOperationAction(
            operation =>
            {
                var table = (IObjectCreationOperation)operation.Operation;
                if (table.Type is not { Name: "FileOperations" } type || !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, kit) || SetsOwner(table) || !isOn(table.Syntax.SyntaxTree))
                    return;
                if (new Sinks(operation.Compilation, kit, operation.ContainingSymbol.ContainingType, operation.CancellationToken).Of(table) is not { } sink || !hasModule.Value || owners.Value.Contains(sink.Holder))
                    return;
                var properties = Modules.IsModule(operation.ContainingSymbol.ContainingType) && HasThis(table, operation.ContainingSymbol)
                    ? ImmutableDictionary<string, string?>.Empty.Add(ThisIsOwner, bool.TrueString)
                    : ImmutableDictionary<string, string?>.Empty;
                operation.ReportDiagnostic(Diagnostic.Create(Descriptors.DK8008_OwnerMissing, table.Syntax.GetLocation(), properties, sink.Words));
            },
            OperationKind.ObjectCreation);
    }

    private static bool SetsOwner(IObjectCreationOperation table) => table.Initializer?.Initializers.Any(static each =>
        each is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: Owner } }) == true;

    private static bool HasThis(IOperation table, ISymbol containing)
    {
        for (var each = table.Parent; each is not null; each = each.Parent)
        {
            if (each is IAnonymousFunctionOperation { Symbol.IsStatic: true } or ILocalFunctionOperation { Symbol.IsStatic: true })
                return false;
        }

        return containing is IMethodSymbol { IsStatic: false };
    }

    private static bool HasModule(INamespaceOrTypeSymbol root) => root.GetMembers().OfType<INamespaceOrTypeSymbol>()
        .Any(static member => (member is INamedTypeSymbol type && Modules.IsModule(type)) || HasModule(member));

    /// <summary>The classes of the kit whose <c>Owner</c> is assigned somewhere in the project: which of their objects that is for nobody follows.</summary>
    private static ImmutableHashSet<string> OwnersSet(Compilation compilation, CancellationToken cancellation)
    {
        var found = ImmutableHashSet.CreateBuilder<string>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            foreach (var name in Sinks.NamesIn(tree.GetRoot(cancellation), Owner))
            {
                if (Sinks.ModelOf(compilation, tree).GetSymbolInfo(name, cancellation).Symbol is IPropertySymbol { ContainingType.Name: Cdev or ProcDirEntry } property && Sinks.IsAssigned(name))
                    found.Add(property.ContainingType.Name);
            }
        }

        return found.ToImmutable();
    }
}
