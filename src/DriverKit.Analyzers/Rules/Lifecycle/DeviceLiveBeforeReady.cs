using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DriverKit.Analyzers.Rules.Lifecycle;

/// <summary>DK8004: Init registers a device, and only behind that, in the order of the text, sets a field that the device's operations use without asking.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class DeviceLiveBeforeReady() : OperationRule(Descriptors.DK8004_DeviceLiveBeforeReady)
{
    private protected override void Register(CompilationStartAnalysisContext context, KnownSymbols symbols, Func<SyntaxTree, bool> isOn) =>
        context.RegisterOperationBlockAction(block =>
        {
            if (block.OwningSymbol is not IMethodSymbol method || !Modules.IsOverride(method, Modules.Init) || !isOn(block.OperationBlocks[0].Syntax.SyntaxTree))
                return;
            var steps = new InitSteps(block.Compilation, symbols, method.ContainingType, block.CancellationToken);
            steps.Run(block.OperationBlocks);
            foreach (var (device, inInit, field, at) in steps.TooLate())
            {
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.DK8004_DeviceLiveBeforeReady,
                    inInit.GetLocation(),
                    [at.GetLocation()],
                    device.TargetMethod.Name,
                    field.Name,
                    at.GetLocation().GetLineSpan().StartLinePosition.Line + 1));
            }
        });
}
