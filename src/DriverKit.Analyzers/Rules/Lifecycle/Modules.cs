using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>What the rules ask of modules.</summary>
internal static class Modules
{
    public const string Init = nameof(Init), Exit = nameof(Exit);

    public static bool IsModule(ITypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (IsKernelModule(type))
                return true;
        }

        return false;
    }

    /// <summary>True for an override of <c>KernelModule.Init</c> or <c>Exit</c>.</summary>
    public static bool IsOverride(IMethodSymbol? method, string name)
    {
        if (method is null || method.Name != name || !method.Parameters.IsEmpty)
            return false;
        for (var overridden = method.OverriddenMethod; overridden is not null; overridden = overridden.OverriddenMethod)
        {
            if (IsKernelModule(overridden.ContainingType))
                return true;
        }

        return false;
    }

    /// <summary>A registration that nobody else has been told of, or an object that a field of the module has.</summary>
    public static bool IsOfInit(Sym name, Tracked tracked, State state)
    {
        if (tracked.Allocator is "Irq" or "Kmap" or Tracked.PageReference or Tracked.Kref)
            return false;
        if (Tracked.IsRegistration(tracked.Allocator))
            return tracked.Status == ObjectStatus.Owned;
        if (!tracked.IsLive)
            return false;
        foreach (var cell in state.Store)
        {
            if (cell.Key is Place.Cell && cell.Value.Id.Equals(name))
                return true;
        }

        return false;
    }

    private static bool IsKernelModule(ITypeSymbol type) =>
        type is { Name: "KernelModule", ContainingNamespace: { Name: "Contracts", ContainingNamespace: { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true } } };
}
