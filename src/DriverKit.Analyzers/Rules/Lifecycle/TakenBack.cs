using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>What Exit, and all that it calls, takes back.</summary>
internal sealed class TakenBack
{
    private readonly FlowEngine _engine;
    private readonly HashSet<IMethodSymbol> _seen = new(SymbolEqualityComparer.Default);
    private readonly List<(string Allocator, IOperation Argument)> _releases = [];

    /// <summary>True when it calls what cannot be seen: then it may take back anything.</summary>
    private bool _isOpen;

    private TakenBack(FlowEngine engine) => _engine = engine;

    public static TakenBack ByExitOf(INamedTypeSymbol module, FlowEngine engine)
    {
        var taken = new TakenBack(engine);
        IMethodSymbol? exit = null;
        for (var type = module; type is not null && exit is null; type = type.BaseType)
            exit = type.GetMembers(Modules.Exit).OfType<IMethodSymbol>().FirstOrDefault(static method => Modules.IsOverride(method, Modules.Exit));
        if (exit is not null)
            taken.Enter(exit);
        else
            taken._isOpen = module.IsAbstract;
        return taken;
    }

    /// <summary>False when certainly nothing takes the object back.</summary>
    public bool MayHave(Tracked tracked, Sym name, ImmutableArray<ISymbol> fields)
    {
        string? constant = name is Sym.Registration { Key: Sym.Const { Value: { } value } } ? TextOf(value) : null;
        return _isOpen || _releases.Exists(release => release.Allocator == tracked.Allocator && MayBe(release.Argument.Unwrapped(), fields, constant));
    }

    private static bool MayBe(IOperation argument, ImmutableArray<ISymbol> fields, string? constant)
    {
        if (constant is not null && argument.ConstantValue is { HasValue: true, Value: { } value })
            return TextOf(value) == constant;
        return fields.IsEmpty || argument is not IFieldReferenceOperation { Field: { } field } || fields.Contains(field, SymbolEqualityComparer.Default);
    }

    private static string? TextOf(object value) => System.Convert.ToString(value, CultureInfo.InvariantCulture);

    private void Enter(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        if (!_seen.Add(method))
            return;
        if (method.IsAbstract)
            _isOpen = true;
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not { } syntax || _engine.Bodies.ModelOf(syntax.SyntaxTree).GetOperation(syntax) is not { } code)
            return;
        foreach (var operation in code.Descendants())
        {
            if (operation is IMethodReferenceOperation reference)
                Enter(reference.Method);
            else if (operation is IInvocationOperation call)
                Call(call);
            else if (operation is IPropertyReferenceOperation { Property.GetMethod: { } getter } && getter.DeclaringSyntaxReferences.Length > 0)
                Enter(getter);
        }
    }

    private void Call(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (_engine.Symbols.KernelFunction(method) is not null)
        {
            foreach (var argument in call.Arguments)
            {
                foreach (var release in argument.Parameter is { } parameter ? _engine.Symbols.ContractsOf(parameter).Where(static contract => contract.Name == "FreesWith") : [])
                    _releases.Add((release.Argument ?? string.Empty, argument.Value));
            }
        }
        else if (method.MethodKind == MethodKind.DelegateInvoke || IsForeign(method))
        {
            _isOpen = true;
        }
        else if (method.MethodKind != MethodKind.LocalFunction)
        {
            Enter(method);
        }
    }

    /// <summary>Of another project; what the platform does is no matter of drivers.</summary>
    private bool IsForeign(IMethodSymbol method) =>
        method.DeclaringSyntaxReferences.IsEmpty
        && method.ContainingNamespace is { } space && !space.ToDisplayString().StartsWith("System", System.StringComparison.Ordinal)
        && !SymbolEqualityComparer.Default.Equals(method.ContainingAssembly, _engine.Symbols.MightSleepAttribute.ContainingAssembly);
}
