using System.Collections.Generic;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7005: an interrupt that spins for a lock whose holder it has interrupted spins for ever.</summary>
internal sealed class LockUnsafeAgainstInterrupt() : FlowCheck(Descriptors.DK7005_LockUnsafeAgainstInterrupt)
{
    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel | Reach.Slot);

    public override void OnChecked(CheckedSite site)
    {
        foreach (var (effect, at) in site.Summary.Raised)
        {
            if (effect is not LockEffect { Chain.Length: 1 } taken || !Spins(taken.Resource) || LockNames.MemberOf(taken.Object) is not { } name)
                continue;
            var uses = site.Whole.LockUses(name);
            foreach (var exposed in uses.Where(use => use.Effect.At == at))
            {
                if (uses.FirstOrDefault(use => Interrupts(use, exposed)) is { } interrupt)
                {
                    site.Report(Describe(taken, exposed, interrupt, at));
                    break;
                }
            }
        }
    }

    private static bool Spins(string resource) => resource is Resources.Spinlock or Resources.ReadLock or Resources.WriteLock;

    /// <summary>True when the one may come while the other holds the lock, and waits for it.</summary>
    private static bool Interrupts(LockUse interrupt, LockUse exposed)
    {
        // A module's Init and Exit may take the lock before the handler is there, and when it is gone.
        if (exposed.Entry.Slot is IMethodSymbol)
            return false;
        if (interrupt.Effect.IsTry || (interrupt.Effect.Resource == Resources.ReadLock && exposed.Effect.Resource == Resources.ReadLock))
            return false;
        var (above, below) = (interrupt.Entry.Contract, exposed.Entry.Contract);
        if (above.IsHardirq)
            return !below.IsHardirq && !exposed.Effect.Forbidding.Contains(Resources.InterruptsOff);
        return above.IsSoftirq && below.IsProcess && exposed.Effect.Forbidding.Count == 0;
    }

    private Finding Describe(LockEffect taken, LockUse exposed, LockUse interrupt, Location at)
    {
        bool hard = interrupt.Entry.Contract.IsHardirq;
        return new(
            Rule,
            at,
            [LockNames.Of(taken.Object), hard ? "interrupts" : "bottom halves", Body.NameOf(interrupt.Entry.Target.Method), interrupt.Entry.Contract.Words, LineOf(interrupt.Effect.At), hard ? "SpinLockIrqsave" : "SpinLockBh"],
            interrupt.Effect.At,
            NoProperties);
    }
}
