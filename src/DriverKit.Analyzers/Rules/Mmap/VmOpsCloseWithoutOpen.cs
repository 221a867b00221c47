using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>DK4006: an area that is copied is closed twice, so its open must take what its close gives back.</summary>
internal sealed class VmOpsCloseWithoutOpen() : FlowCheck(Descriptors.DK4006_VmOpsCloseWithoutOpen)
{
    public override void OnStore(Place.Cell cell, Value value, IOperation operation, Evaluator evaluator)
    {
        if (cell.Symbol.Name != "Close" || !evaluator.Symbols.IsAreaOperations(cell.Symbol.ContainingType))
            return;
        if (Assignments.Of(operation) is not { Parent.Parent: BaseObjectCreationExpressionSyntax creation } assignment || OperationTable.Of(creation) is not { Close: { } close } table)
            return;
        var closing = new CallbackScan(evaluator.Engine.Bodies, evaluator.Symbols);
        if (!closing.ReadSlot(close) || !closing.Drops)
            return;
        var opening = new CallbackScan(evaluator.Engine.Bodies, evaluator.Symbols);
        if (table.Open is { } open && (!opening.ReadSlot(open) || opening.DoesSomething))
            return;
        string what = table.Open is null ? "there is no Open that takes it" : "Open takes nothing";
        evaluator.Report(new(Rule, assignment.GetLocation(), [what], table.Open?.GetLocation(), NoProperties));
    }
}
