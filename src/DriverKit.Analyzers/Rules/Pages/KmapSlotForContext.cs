using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3005: the slots of tasks are for tasks, those of interrupt handlers for code that no interrupt interrupts.</summary>
internal sealed class KmapSlotForContext() : FlowCheck(Descriptors.DK3005_KmapSlotForContext)
{
    public override void OnKernelCall(KernelCall call) => KmapSlotEffect.Raise(call);

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is KmapSlotEffect taken)
            KmapSlotEffect.RaiseOn(taken, site);
    }

    public override void OnEntry(EntrySite entry)
    {
        var contract = entry.Store.Contract;
        foreach (var raised in entry.Raised)
        {
            if (raised.Effect is not KmapSlotEffect { Slot: Sym.Const { Value: long type } } taken || AsksWhereItIs(taken))
                continue;
            string? slot = NameOf(type, entry.Engine.Compilation);
            string? advice = slot switch
            {
                "User0" or "User1" when contract.IsHardirq => "the task that was interrupted may hold it; use Irq0 or Irq1",
                "User0" or "User1" when contract.IsSoftirq => "the task that was interrupted may hold it; use Softirq0 or Softirq1",
                "Irq0" or "Irq1" when contract.IsProcess && !taken.IsIrqOff => "an interrupt handler may take it meanwhile; use User0 or User1, or turn interrupts off",
                _ => null,
            };
            if (advice is not null)
                entry.Report(new(Rule, raised.At, ImmutableArray.Create<object>(slot!, Through(taken.Chain), contract.Words, advice), entry.Store.At, NoProperties));
        }
    }

    /// <summary>True when the path has asked <c>in_irq()</c> or its kin: the driver knows what it is doing.</summary>
    private static bool AsksWhereItIs(Effect effect)
    {
        foreach (var fact in effect.Guard)
        {
            if (fact.Key.Any(static part => part is Sym.Query { Symbol: IMethodSymbol { Name: "InIrq" or "InSoftirq" or "InInterrupt" or "InAtomic" or "IrqsDisabled" } }))
                return true;
        }

        return false;
    }

    private static string? NameOf(long type, Compilation compilation)
    {
        foreach (var member in compilation.GetTypeByMetadataName("DriverKit.Contracts.KmType")?.GetMembers() ?? [])
        {
            if (member is IFieldSymbol { HasConstantValue: true, ConstantValue: int value } && value == type)
                return member.Name;
        }

        return null;
    }
}
