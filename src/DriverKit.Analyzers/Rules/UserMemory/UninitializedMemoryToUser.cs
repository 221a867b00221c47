using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5006: memory that nobody has written holds what its last owner left there.</summary>
internal sealed class UninitializedMemoryToUser() : ArgumentCheck(Descriptors.DK5006_UninitializedMemoryToUser)
{
    private const string Written = nameof(Written);
    private const string Copied = "copied to user space";
    private const string Mapped = "mapped into the process";

    public override Observer Observer => Allocations.Observer;

    public override void OnKernelCall(KernelCall call)
    {
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            if (call.Contract.Find("UserAccess") is not null && call.Contract.FindOn(i, "ReadsMemory") is { } read)
                AskOfCopy(call, i, read.Text("SizeParameter"));
            else if (call.Name == "VmInsertPage" && IsPage(call.Method.Parameters[i].Type))
                Ask(call.Arguments[i], Mapped, call.Name, call.Caller, call.LocationOf(i));
            else if (!LeavesAlone(call, i))
                Write(call.Arguments[i], call.Caller);
        }
    }

    /// <summary>A copy of a constant length takes what is there on every path. Of any other length it may take nothing where nothing was written.</summary>
    private void AskOfCopy(KernelCall call, int source, string? size)
    {
        var (value, state) = (call.Arguments[source], call.State);
        bool isCertain = !call.Caller.HasLoop && !state.IsLoose && state.Objects.ContainsKey(Addresses.BaseOf(value.Id))
            && size is not null && call.Argument(size) is { } length && SymFactory.NumberOf(state.Resolve(length.Id)) > 0;
        if (isCertain && Judge(value, Copied, state, call.LocationOf(source), [call.Name]) is { } finding)
            call.Report(finding with { IsCertain = true });
        else
            Ask(value, Copied, call.Name, call.Caller, call.LocationOf(source));
    }

    public override void OnUse(Value value, IOperation operation, Evaluator evaluator)
    {
        // What a function of this compilation does is in its summary, and what a kernel function does in its contract; any other may write.
        if (operation.Parent is IArgumentOperation { Parent: IInvocationOperation call } && evaluator.Symbols.KernelFunction(call.TargetMethod) is null && !evaluator.IsKnown(call.TargetMethod))
            Write(value, evaluator);
    }

    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        if (IsWatched(value) && (cell.Symbol is not IFieldSymbol { DeclaredAccessibility: Accessibility.Private } field || !FieldUses.AreReads(field)))
            Write(value, evaluator);
    }

    public override void OnExit(ExitSite exit)
    {
        if (exit.Body.Method is { ReturnType.Name: "NopageResult" } && exit.Returned is { } page && Judge(page, Mapped, exit.State, exit.At, ["nopage"]) is { } finding)
            exit.Report(finding);
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        Allocations.Unzeroed(value, state) is { } tag && !IsWritten(Addresses.BaseOf(value.Id), state)
            ? new(Rule, at, ImmutableArray.Create<object>(tag.By, LineOf(tag.At), what, In(chain)), tag.At, NoProperties.Add(nameof(Finding.Cause), "allocation"))
            : null;

    protected override Sym? Open(Value value, string what, State state) =>
        Addresses.BaseOf(value.Id) is Sym.Entry entry && !state.HasDone(Written, entry) ? entry : null;

    /// <summary>What another method has put into a field, others may have written since, unless the type's text shows that nobody does. Of any other memory the path must have seen where it was allocated.</summary>
    private static bool IsWritten(Sym memory, State state) => state.HasDone(Written, memory) || state.MarkOf(Written, memory) is not null
        || !(memory is Sym.Member { Symbol: IFieldSymbol field } ? FieldUses.AreReads(field) : state.Objects.ContainsKey(memory));

    private static bool IsWatched(Value value) => value.TagOf(Allocations.Allocated) is not null || Addresses.BaseOf(value.Id) is Sym.Entry;

    private static void Write(Value value, Evaluator evaluator)
    {
        if (!IsWatched(value))
            return;
        var (memory, state) = (Addresses.BaseOf(value.Id), evaluator.State);
        if (value.TagOf(Allocations.Allocated) is not { } allocation)
        {
            evaluator.Become(state.Did(Written, memory));
            return;
        }

        // Paths that have written are kept apart from those that have not; but a loop writes in as many rounds as it reads, and they may be none.
        evaluator.Become(evaluator.HasLoop || memory is Sym.Entry ? state.Did(Written, memory) : state.Note(Written, memory, new(string.Empty, allocation.At, Excuses: true)));
        evaluator.Excuse(Descriptors.DK5006_UninitializedMemoryToUser.Id, allocation.At);
    }

    /// <summary>True for a kernel function that writes nothing through the parameter, and lets nobody else.</summary>
    private static bool LeavesAlone(KernelCall call, int parameter) =>
        call.Contract.FindOn(parameter, "WritesMemory") is null
        && (call.Contract.IsPure || call.Contract.FindOn(parameter, "ReadsMemory") is not null || call.Contract.FindOn(parameter, "FreesWith") is not null
            || call.Name is "GetPage" or "PutPage" or "SetPageReserved" or "ClearPageReserved" or "PageReserved" or "PageCount" or "PageHighMem");

    private static bool IsPage(ITypeSymbol type) => type is { Name: "Page", ContainingNamespace.Name: "Physical" };
}
