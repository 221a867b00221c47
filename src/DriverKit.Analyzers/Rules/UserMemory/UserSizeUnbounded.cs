using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.UserMemory;

/// <summary>DK5004: what a process chose must be compared with a bound before it counts or indexes anything.</summary>
internal sealed class UserSizeUnbounded() : UserNumberCheck(Descriptors.DK5004_UserSizeUnbounded)
{
    protected override bool Concerns(Value number, State state) => UserData.Refetch(number, state) is null;

    protected override Finding Describe(Tag tag, Value number, State state, string what, Location at, ImmutableArray<string> chain) =>
        new(Rule, at, ImmutableArray.Create<object>($"fetched by {tag.By} on line {LineOf(tag.At)}", what, In(chain)), tag.At, NoProperties);

    protected override Finding? JudgeUser(string what, IParameterSymbol parameter, Location at, ImmutableArray<string> chain) =>
        new(Rule, at, ImmutableArray.Create<object>($"given as {parameter.Name}", what, In(chain)), null, NoProperties);
}
