using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5003: what is fetched twice may differ, so what was found good the first time says nothing of the second.</summary>
internal sealed class DoubleFetch() : UserNumberCheck(Descriptors.DK5003_DoubleFetch)
{
    protected override bool Concerns(Value number, State state) => UserData.Refetch(number, state) is not null;

    protected override Finding Describe(Tag tag, Value number, State state, string what, Location at, ImmutableArray<string> chain)
    {
        var second = UserData.Refetch(number, state)!;
        return new(Rule, second.At, ImmutableArray.Create<object>(second.By, what, LineOf(at)), at, NoProperties);
    }
}
