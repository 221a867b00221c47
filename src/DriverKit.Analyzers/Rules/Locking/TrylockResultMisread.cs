using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Gate;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Rules.Locking;

/// <summary>DK7007: down_trylock answers 0 when it has the semaphore, mutex_trylock true, and neither ever with an errno.</summary>
internal sealed class TrylockResultMisread() : FlowCheck(Descriptors.DK7007_TrylockResultMisread)
{
    /// <summary>On a lock: trying to take it has failed. On a result: it is 0 or 1, and no errno.</summary>
    private const string Failed = "trylock failed", NoErrno = "trylock result";

    public override bool MayReport(Reach reach) => reach.HasFlags(Reach.Kernel);

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        var acquires = call.Contract.Method.FirstOrDefault(static contract => contract.Name == "Acquires" && Resources.IsLock(contract.Argument ?? string.Empty));
        if (acquires?.Text("When") is not { } when || when == "Always" || call.Contract.Find("MightSleep") is not null)
            return result;
        if (when == "Zero")
            call.Note(NoErrno, result.Id);
        if (call.Arguments.FirstOrDefault() is not { } taken)
            return result;
        if (call.State.Holds.Any(hold => hold.Site == call.Operation.Syntax.Span))
            call.Caller.Become(call.State.Unnote(Failed, taken.Id));
        else
            call.Note(Failed, taken.Id);
        return result;
    }

    public override void OnCondition(Value condition, IOperation operation, Evaluator evaluator)
    {
        var sym = condition.Id;
        while (sym is Sym.Not not)
            sym = not.Operand;
        if (sym is Sym.Compare { IsEqual: false, Left: var left, Right: Sym.Const { Value: 0L } } && evaluator.State.MarkOf(NoErrno, left) is { } mark)
            evaluator.Report(Describe(mark.By, "never answers with an errno: this branch is never taken", "compare it with 0", mark.At, operation.Syntax.GetLocation()));
    }

    public override void OnTake(Hold hold, Aftermath call)
    {
        if (hold.Object is { } name && Resources.IsLock(hold.Resource) && call.Caller.State.MarkOf(Failed, name) is not null)
            call.Caller.Become(call.Caller.State.Unnote(Failed, name));
    }

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        if (hold is null && release.Object is { } name && call.Caller.State.MarkOf(Failed, name) is { } mark)
            call.Caller.Note(new ReleasedWithoutLock(release.Site, release.Resource, mark.By, mark.At, call.Location));
    }

    public override void OnEnd(EndSite end)
    {
        foreach (var release in end.Notes.OfType<ReleasedWithoutLock>())
        {
            if (!end.Unlocks.Any(unlock => unlock.Hold is { } hold && hold.Resource == release.Resource && hold.Site == release.TriedAt.SourceSpan))
                end.Report(Describe(release.By, $"has failed on the path that gives the lock back on line {LineOf(release.At)}", "turn the condition round", release.TriedAt, release.At));
        }
    }

    /// <summary>True when a release of something that is not held comes of a result that was misread.</summary>
    public static bool Explains(Release release, Summary summary) => summary.Notes.OfType<ReleasedWithoutLock>().Any(note => note.Site == release.Site && note.Resource == release.Resource);

    private Finding Describe(string by, string what, string advice, Location at, Location cause) => new(Rule, at, [by, what, advice], cause, NoProperties);

    /// <summary>A lock is given back on the path on which trying to take it has failed.</summary>
    private sealed record ReleasedWithoutLock(TextSpan Site, string Resource, string By, Location TriedAt, Location At) : SummaryNote;
}
