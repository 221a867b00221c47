using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>One walk down the calls from one body. A method met again while it is being analysed counts as harmless at first; it is run
/// again until its summary settles, and only then are it and the methods that hang on it kept.</summary>
/// <remarks>A session belongs to one thread; two may do the same work and come to the same result, so nothing waits.</remarks>
internal sealed class Session(FlowEngine engine, CancellationToken cancellation)
{
    /// <summary>Hangs on nothing that is still being analysed.</summary>
    private const int Free = int.MaxValue;

    /// <summary>Hangs on a chain of calls that was cut off: never kept for others.</summary>
    private const int CutOff = -1;

    private readonly Dictionary<BodyKey, Frame> _frames = [];
    private readonly Dictionary<BodyKey, (Summary Summary, int Lowest)> _provisional = [];
    private int _lowest = Free;

    public FlowEngine Engine => engine;

    public CancellationToken Cancellation => cancellation;

    /// <summary>The first body that was left out because the calls to it were too deep.</summary>
    public Body? CutOffAt { get; private set; }

    /// <summary>The summary of what a call runs: the body's, where there is one, under the word of its contract.</summary>
    public Summary SummaryOf(Target target) => engine.ContractOf(target.Method).Apply(Inferred(target));

    private Summary Inferred(Target target) => target switch
    {
        { Body: { } body } => SummaryOf(body),
        { Overrides.IsEmpty: true } => Summary.Harmless,
        { Overrides: { Length: 1 } only } => SummaryOf(only[0]),
        { Overrides: var several } => Meet.Of([.. several.Select(SummaryOf)]),
    };

    public Summary SummaryOf(Body body)
    {
        var key = body.Key;
        if (engine.TryGetSummary(key, out var known))
            return known;
        if (_provisional.TryGetValue(key, out var provisional))
        {
            _lowest = Math.Min(_lowest, provisional.Lowest);
            return provisional.Summary;
        }

        if (_frames.TryGetValue(key, out var open))
        {
            open.IsRecursive = true;
            _lowest = Math.Min(_lowest, open.Depth);
            return open.Current;
        }

        if (_frames.Count >= Budget.MaxCallDepth)
            return CutHere(body);

        return Run(body, new Frame(_frames.Count));
    }

    /// <summary>Here the analysis did not go on: what hangs on it is not kept for others.</summary>
    public Summary CutHere(Body body)
    {
        CutOffAt ??= body;
        _lowest = CutOff;
        return Summary.Harmless;
    }

    /// <summary>What is known of a field or property wherever it is read: see <see cref="FieldFacts"/>.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Value? FactsOf(ISymbol member)
    {
        if (engine.TryGetFieldFacts(member, out var known))
            return known.Id is Sym.This ? null : known;
        if (!FieldFacts.MayExist(member, engine.Gate, engine.Symbols))
        {
            engine.SettleFieldFacts(member, new Value(Sym.This.Instance));
            return null;
        }

        int before = _lowest;
        _lowest = Free;
        var facts = FieldFacts.Infer(member, this);
        if (_lowest == Free)
            engine.SettleFieldFacts(member, facts ?? new Value(Sym.This.Instance));
        _lowest = Math.Min(before, _lowest);
        return facts;
    }

    [MethodImpl(Jit.AtOnce)]
    private Summary Run(Body body, Frame frame)
    {
        int before = _lowest;
        var summary = frame.Current;
        _frames.Add(body.Key, frame);
        for (int round = 0; round < Budget.MaxRecursionRounds; round++)
        {
            frame.IsRecursive = false;
            _lowest = Free;
            summary = FlowRun.Analyze(body, this);
            if (!frame.IsRecursive || summary.Matches(frame.Current))
                break;
            frame.Current = summary;
            foreach (var stale in _provisional.Where(entry => entry.Value.Lowest >= frame.Depth).Select(static entry => entry.Key).ToList())
                _provisional.Remove(stale);
        }

        _frames.Remove(body.Key);
        if (_lowest < frame.Depth)
            _provisional[body.Key] = (summary, _lowest);
        else
            Settle(body.Key, summary, frame.Depth);
        _lowest = Math.Min(before, _lowest < frame.Depth ? _lowest : Free);
        return summary;
    }

    [MethodImpl(Jit.AtOnce)]
    private void Settle(BodyKey key, Summary summary, int depth)
    {
        engine.Settle(key, summary);
        foreach (var entry in _provisional.Where(entry => entry.Value.Lowest >= depth).ToList())
        {
            engine.Settle(entry.Key, entry.Value.Summary);
            _provisional.Remove(entry.Key);
        }
    }

    private sealed class Frame(int depth)
    {
        public int Depth => depth;

        public bool IsRecursive { get; set; }

        public Summary Current { get; set; } = Summary.Harmless;
    }
}
