using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5007: the holes of a struct hold what was on the stack, and go to the process with it.</summary>
internal sealed class PaddingToUser() : FlowCheck(Descriptors.DK5007_PaddingToUser)
{
    /// <summary>In a diagnostic's properties: the holes of the struct at the additional location, each as the field behind it, where it starts, and how long it is.</summary>
    public const string Holes = nameof(Holes);

    public override Observer Observer => UserData.Observer;

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Name == "PutUser" && call.Method.TypeArguments.Length == 1 && call.Arguments[0].TagOf(UserData.FromUser) is null)
        {
            var type = call.Method.TypeArguments[0];
            if (type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } parameter)
                call.Raise(new InputEffect(call.State.EntryFacts(), [call.Name], Rule.Id, Sym.Const.Zero, parameter.Ordinal.ToString(CultureInfo.InvariantCulture)));
            else if (Describe(type, [call.Name], call.LocationOf(0)) is { } finding)
                call.Report(finding);
        }
        else if (call.Name == "CopyToUser" && BytesOf(call.OperationOf(1)) is { } element && Describe(element, [call.Name], call.LocationOf(1)) is { } finding)
        {
            call.Report(finding);
        }
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not InputEffect ask || ask.Rule != Rule.Id || !int.TryParse(ask.What, NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal) || ordinal >= site.Method.TypeArguments.Length)
            return;
        var type = site.Method.TypeArguments[ordinal];
        if (type is ITypeParameterSymbol { TypeParameterKind: TypeParameterKind.Method } parameter)
            site.Raise(ask with { Guard = site.Guard, Chain = site.Chain, What = parameter.Ordinal.ToString(CultureInfo.InvariantCulture) });
        else if (Describe(type, site.Chain, site.Location) is { } finding)
            site.Report(finding);
    }

    private Finding? Describe(ITypeSymbol type, ImmutableArray<string> chain, Location at)
    {
        if (StructLayout.FirstHole(type) is not { } hole)
            return null;
        string where = hole.Before is { } field ? $"before {field.Name}" : "at its end";
        string inside = SymbolEqualityComparer.Default.Equals(hole.Type, type) ? string.Empty : $" of {hole.Type.Name}";
        return new(Rule, at, ImmutableArray.Create<object>(type.Name, hole.Size, hole.Size == 1 ? "byte" : "bytes", where + inside, Through(chain)), hole.Type.Locations.FirstOrDefault(), NoProperties.Add(Holes, string.Join(";", StructLayout.OwnHoles(hole.Type).Select(static own => $"{own.Before?.Name}:{own.Offset}:{own.Size}"))));
    }

    /// <summary>The element type of <c>MemoryMarshal.AsBytes(span)</c>.</summary>
    private static ITypeSymbol? BytesOf(IOperation? operation) =>
        operation?.Unwrapped() is IInvocationOperation { TargetMethod: { Name: "AsBytes", TypeArguments: { Length: 1 } elements } } ? elements[0] : null;
}
