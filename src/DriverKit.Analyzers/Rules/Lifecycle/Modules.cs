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

    private static bool IsKernelModule(ITypeSymbol type) =>
        type is { Name: "KernelModule", ContainingNamespace: { Name: "Contracts", ContainingNamespace: { Name: "DriverKit", ContainingNamespace.IsGlobalNamespace: true } } };
}
