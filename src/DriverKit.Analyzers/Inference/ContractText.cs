using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace DriverKit.Analyzers.Inference;

/// <summary>One contract attribute that nobody wrote: what was found out about a method, its result or one of its parameters.</summary>
/// <param name="Place">The index of the parameter, or one of the two places below.</param>
/// <param name="Name">The attribute's name without "Attribute".</param>
/// <param name="Argument">The name of the enum member that is its argument.</param>
/// <param name="Named">Its named arguments, and what only inferred contracts say: <c>Via</c>, <c>If</c>, <c>Lock</c>, <c>Sort</c>.</param>
internal sealed record InferredItem(int Place, string Name, string? Argument, ImmutableSortedDictionary<string, string> Named)
{
    public const int OnMethod = -1;
    public const int OnReturn = -2;

    public bool Equals(InferredItem? other) =>
        other is not null && Place == other.Place && Name == other.Name && Argument == other.Argument && Named.SequenceEqual(other.Named);

    public override int GetHashCode() => (Place * 31) + Name.GetHashCode();

    public static InferredItem Of(int place, string name, string? argument, params (string Key, string? Value)[] named) =>
        new(place, name, argument, named.Where(static pair => !string.IsNullOrEmpty(pair.Value)).ToImmutableSortedDictionary(static pair => pair.Key, static pair => pair.Value!, StringComparer.Ordinal));
}

/// <summary>The text of an <c>InferredContractAttribute</c>: items separated by semicolons, each a place and an attribute in short, such as
/// <c>method MightSleep(Via=Kmalloc); 0 RequiresOrigin(LowMemory)</c>. The text comes from a file that anybody may have made, so what is not exactly so is nothing.</summary>
internal static class ContractText
{
    /// <summary>More than any method has.</summary>
    private const int MaxLength = 4_000;

    private const string Word = @"[\w.<>|!&-]+";

    private static readonly Regex Item = new(
        $@"^(?<place>method|return|\d{{1,3}}) (?<name>\w+)(?:\((?:(?<argument>{Word})(?=[,)]))?(?:(?:,|(?<=\())(?<key>\w+)=(?<value>{Word}))*\))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1));

    [MethodImpl(Jit.AtOnce)]
    public static string Write(IEnumerable<InferredItem> items) => string.Join("; ", items.Select(Write));

    /// <summary>The items of a text; null when any of it is not understood.</summary>
    public static ImmutableArray<InferredItem>? Read(string? text)
    {
        if (text is null || text.Length > MaxLength)
            return null;
        if (text.Length == 0)
            return [];
        var items = ImmutableArray.CreateBuilder<InferredItem>();
        foreach (string part in text.Split(["; "], StringSplitOptions.None))
        {
            if (ReadItem(part) is not { } item)
                return null;
            items.Add(item);
        }

        return items.ToImmutable();
    }

    [MethodImpl(Jit.AtOnce)]
    private static string Write(InferredItem item)
    {
        string place = item.Place switch { InferredItem.OnMethod => "method", InferredItem.OnReturn => "return", var index => index.ToString(System.Globalization.CultureInfo.InvariantCulture) };
        var arguments = item.Named.Select(static pair => $"{pair.Key}={pair.Value}");
        if (item.Argument is { } argument)
            arguments = arguments.Prepend(argument);
        string list = string.Join(",", arguments);
        return list.Length == 0 ? $"{place} {item.Name}" : $"{place} {item.Name}({list})";
    }

    private static InferredItem? ReadItem(string text)
    {
        Match match;
        try
        {
            match = Item.Match(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }

        if (!match.Success)
            return null;
        var named = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < match.Groups["key"].Captures.Count; i++)
        {
            if (named.ContainsKey(match.Groups["key"].Captures[i].Value))
                return null;
            named.Add(match.Groups["key"].Captures[i].Value, match.Groups["value"].Captures[i].Value);
        }

        int place = match.Groups["place"].Value switch { "method" => InferredItem.OnMethod, "return" => InferredItem.OnReturn, var index => int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) };
        return new(place, match.Groups["name"].Value, match.Groups["argument"].Success ? match.Groups["argument"].Value : null, named.ToImmutable());
    }
}
