using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using DriverKit.Analyzers.Tests.Verifier;
using DriverKit.Primitives;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Tests.Docs;

/// <summary>A rule as the documents list it: what its descriptor, its fixes and the running kernel say of it.</summary>
/// <param name="Id"><c>DK####</c>.</param>
/// <param name="Title">Its title, the same for both witnesses.</param>
/// <param name="Descriptor">The analyzer's; null when only the running kernel checks it.</param>
/// <param name="IsInKernel">True when the running kernel checks it.</param>
/// <param name="Fixes">What its fixes do, in words.</param>
internal sealed partial record RuleEntry(string Id, string Title, DiagnosticDescriptor? Descriptor, bool IsInKernel, IReadOnlyList<string> Fixes)
{
    private const string KeyPrefix = "Key_";

    /// <summary>The rules of both witnesses, in the order of their ids.</summary>
    public static IReadOnlyList<RuleEntry> All { get; } =
        [.. AllAnalyzers.Rules.Select(static rule => rule.Id).Union(KernelRule.All.Select(static rule => rule.Id)).Order(StringComparer.Ordinal).Select(Of)];

    /// <summary>The equivalence keys of a fixer: its constants <c>Key_Name = "DK####_Name"</c>.</summary>
    public static IEnumerable<string> KeysOf(Type fixer) =>
        fixer.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static field => field.IsLiteral && field.Name.StartsWith(KeyPrefix, StringComparison.Ordinal))
            .Select(static field => (string)field.GetRawConstantValue()!);

    /// <summary>The words of a PascalCase name.</summary>
    public static string Words(string name) => WordStart().Replace(name, static match => " " + match.Value.ToLowerInvariant());

    private static RuleEntry Of(string id)
    {
        var descriptor = AllAnalyzers.Rules.FirstOrDefault(rule => rule.Id == id);
        var kernel = KernelRule.All.FirstOrDefault(rule => rule.Id == id);
        var fixes = AllAnalyzers.Fixes.SelectMany(static fix => KeysOf(fix.GetType()))
            .Where(key => key.StartsWith($"{id}_", StringComparison.Ordinal))
            .Select(static key => Words(key[(key.IndexOf('_', StringComparison.Ordinal) + 1)..]))
            .Order(StringComparer.Ordinal);
        return new(id, descriptor?.Title.ToString(CultureInfo.InvariantCulture) ?? kernel!.Title, descriptor, kernel is not null, [.. fixes]);
    }

    [GeneratedRegex(@"(?<=[A-Za-z0-9])[A-Z](?=[a-z]|$)|(?<=[a-z0-9])[A-Z]")]
    private static partial Regex WordStart();
}
