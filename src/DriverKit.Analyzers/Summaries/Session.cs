using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Summaries;

/// <summary>One walk down the calls from one body. A method met again while it is being analysed counts as harmless at first; it is run
/// again until its summary settles, and only then are it and the methods that hang on it kept.</summary>
/// <remarks>What is read of a field hangs on the methods that store it, so that many a method hangs on itself: it both reads and stores. Such a method is run again only when, after all, it stores what others than it do not.
/// A session belongs to one thread; two may do the same work and come to the same result, so nothing waits.</remarks>
internal sealed class Session(FlowEngine engine, CancellationToken cancellation)
{
    /// <summary>Hangs on nothing that is still being analysed.</summary>
    private const int Free = int.MaxValue;

    /// <summary>Hangs on a chain of calls that was cut off: never kept for others.</summary>
    private const int CutOff = -1;

    /// <summary>The methods that are being analysed, each called by the one before.</summary>
    private readonly Dictionary<BodyKey, Frame> _frames = [];

    /// <summary>What holds as long as the frames that it hangs on come out as they are taken to.</summary>
    private readonly Dictionary<BodyKey, Provisional<Summary>> _provisional = [];
    private readonly Dictionary<ISymbol, Provisional<Value?>> _assumed = new(SymbolEqualityComparer.Default);

    /// <summary>The frame nearest to the start that the work at hand hangs on.</summary>
    private int _lowest = Free;

    /// <summary>How many things have been found out: it numbers them.</summary>
    private int _found;

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

    public Summary SummaryOf(Body body) => engine.TryGetSummary(body.Key, out var known) ? known : Find(body, null);

    /// <summary>What a body puts into fields. Of one that is still being analysed, what it did in its last round: whether the facts of the member stay what they are with that, is asked when this round is over.</summary>
    public ImmutableArray<FieldStore> StoresOf(Body body, ISymbol member) => (engine.TryGetSummary(body.Key, out var known) ? known : Find(body, member)).Stores;

    private Summary Find(Body body, ISymbol? storedMember)
    {
        if (_provisional.TryGetValue(body.Key, out var provisional))
        {
            _lowest = Math.Min(_lowest, provisional.Lowest);
            return provisional.What;
        }

        if (_frames.TryGetValue(body.Key, out var open))
        {
            open.Ask(storedMember);
            _lowest = Math.Min(_lowest, open.Depth);
            return open.Current;
        }

        return _frames.Count >= Budget.MaxCallDepth ? CutHere(body) : Run(body, new Frame(_frames.Count, _found));
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
        if (_assumed.TryGetValue(member, out var assumed))
        {
            _lowest = Math.Min(_lowest, assumed.Lowest);
            return assumed.What;
        }

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
        else
            _assumed[member] = new(facts, _lowest, ++_found);
        _lowest = Math.Min(before, _lowest);
        return facts;
    }

    [MethodImpl(Jit.AtOnce)]
    private Summary Run(Body body, Frame frame)
    {
        if (GraphShape.Of(body) is not { } shape)
        {
            engine.Settle(body.Key, Summary.Harmless);
            return Summary.Harmless;
        }

        int before = _lowest;
        _frames.Add(body.Key, frame);
        for (int round = 1; ; round++)
        {
            _lowest = Free;
            var summary = FlowRun.Analyze(body, shape, this);
            if (IsSettled(frame, summary) || round == Budget.MaxRecursionRounds)
                break;
            StartAgain(frame);
        }

        _frames.Remove(body.Key);
        Close(body.Key, frame);
        _lowest = Math.Min(before, _lowest);
        return frame.Current;
    }

    /// <summary>True when nothing that was taken to hold of the body in this round turns out otherwise.</summary>
    private bool IsSettled(Frame frame, Summary summary)
    {
        bool isAsCalled = !frame.IsCalled || summary.Matches(frame.Current);
        frame.Current = summary;
        if (!isAsCalled || _provisional.Any(entry => entry.Value.IsStale && entry.Value.Lowest >= frame.Depth))
            return false;
        for (int asked = -1; asked != frame.Asked.Count;)
        {
            asked = frame.Asked.Count;
            foreach (var member in frame.Asked.ToList())
            {
                if (_assumed.TryGetValue(member, out var assumed) && !Equals(FieldFacts.Infer(member, this), assumed.What))
                    return false;
            }
        }

        return true;
    }

    /// <summary>What hangs on nothing before the frame is kept for all; what does, the frame among it, hangs on that from now on.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Close(BodyKey key, Frame frame)
    {
        bool isFree = _lowest >= frame.Depth;
        if (isFree)
        {
            _lowest = Free;
            engine.Settle(key, frame.Current);
        }
        else
        {
            _provisional[key] = new(frame.Current, _lowest, ++_found);
        }

        foreach (var entry in _provisional.Where(entry => entry.Value.Lowest >= frame.Depth).ToList())
        {
            if (isFree)
            {
                if (!entry.Value.IsStale)
                    engine.Settle(entry.Key, entry.Value.What);
                _provisional.Remove(entry.Key);
            }
            else
            {
                _provisional[entry.Key] = entry.Value with { Lowest = _lowest };
            }
        }

        Forget(_assumed, frame);
    }

    /// <summary>What was found out since the frame was opened may hang on what its last round took to hold: what hangs on nothing before the frame is found out anew; the rest goes on for now,
    /// and whoever it hangs on starts again too.</summary>
    private void StartAgain(Frame frame)
    {
        Forget(_provisional, frame);
        foreach (var entry in _provisional.Where(entry => entry.Value.Number > frame.Opened && !entry.Value.IsStale).ToList())
            _provisional[entry.Key] = entry.Value with { IsStale = true };
        foreach (var member in _assumed.Where(entry => entry.Value.Number > frame.Opened).Select(static entry => entry.Key).ToList())
            _assumed.Remove(member);
        frame.StartAgain();
    }

    private static void Forget<TKey, TWhat>(Dictionary<TKey, Provisional<TWhat>> found, Frame frame)
        where TKey : notnull
    {
        foreach (var stale in found.Where(entry => entry.Value.Lowest >= frame.Depth).Select(static entry => entry.Key).ToList())
            found.Remove(stale);
    }

    /// <summary>Something that hangs on a frame that is still open.</summary>
    /// <param name="What">What was found out.</param>
    /// <param name="Lowest">The frame nearest to the start that it hangs on.</param>
    /// <param name="Number">When it was found out.</param>
    private readonly record struct Provisional<T>(T What, int Lowest, int Number)
    {
        /// <summary>True when what it hangs on has come out otherwise since.</summary>
        public bool IsStale { get; init; }
    }

    /// <summary>A body that is being analysed.</summary>
    /// <param name="depth">How many are before it.</param>
    /// <param name="opened">The number of the last that was found out before.</param>
    private sealed class Frame(int depth, int opened)
    {
        public int Depth => depth;

        public int Opened => opened;

        /// <summary>True when it has come back to itself by a call.</summary>
        public bool IsCalled { get; private set; }

        /// <summary>The fields whose facts were asked for, to which its own stores belong.</summary>
        public HashSet<ISymbol> Asked { get; } = new(SymbolEqualityComparer.Default);

        /// <summary>What its last round came to.</summary>
        public Summary Current { get; set; } = Summary.Harmless;

        public void Ask(ISymbol? storedMember)
        {
            if (storedMember is null)
                IsCalled = true;
            else
                Asked.Add(storedMember);
        }

        public void StartAgain()
        {
            IsCalled = false;
            Asked.Clear();
        }
    }
}
