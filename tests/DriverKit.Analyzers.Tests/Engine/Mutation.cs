using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>Makes of driver code what an editor holds while somebody types: tokens dropped, doubled, swapped and put elsewhere, types that do
/// not exist, numbers that make no sense, the end cut off. The same seed makes the same text.</summary>
internal sealed class Mutation
{
    private const int MaxSteps = 3;

    private static readonly string[] Numbers = ["0", "-1", "1UL << 63", "0xFFFFFFFFFFFFFFFF", "int.MinValue", "default", "null"];

    private readonly SyntaxToken[] _tokens;

    public Mutation(SyntaxTree tree) => _tokens = [.. tree.GetRoot().DescendantTokens()];

    /// <summary>One mutant of the text.</summary>
    public string Next(int seed)
    {
        var random = new Random(seed);
        var parts = _tokens.Select(static token => token.ToFullString()).ToList();
        for (int steps = 1 + random.Next(MaxSteps); steps > 0 && parts.Count > 1; steps--)
            Step(parts, random);
        return string.Concat(parts);
    }

    private void Step(List<string> parts, Random random)
    {
        int at = random.Next(parts.Count), other = random.Next(parts.Count);
        switch (random.Next(8))
        {
            case 0:
                parts.RemoveAt(at);
                break;
            case 1:
                parts.Insert(at, parts[at]);
                break;
            case 2:
                (parts[at], parts[other]) = (parts[other], parts[at]);
                break;
            case 3:
                parts.Insert(at, parts[other]);
                break;
            case 4:
                parts.RemoveRange(at, Math.Min(1 + random.Next(12), parts.Count - at));
                break;
            case 5:
                Replace(parts, random, static token => token.IsKind(SyntaxKind.IdentifierToken) && token.Parent is TypeSyntax, "Missing");
                break;
            case 6:
                Replace(parts, random, static token => token.IsKind(SyntaxKind.NumericLiteralToken), Numbers[random.Next(Numbers.Length)]);
                break;
            default:
                // In the middle of a token, as a rule.
                string last = parts[at];
                parts.RemoveRange(at, parts.Count - at);
                parts.Add(last[..random.Next(last.Length + 1)]);
                break;
        }
    }

    /// <summary>Replaces one of the tokens that are meant, wherever it stands by now.</summary>
    private void Replace(List<string> parts, Random random, Func<SyntaxToken, bool> isMeant, string text)
    {
        var meant = _tokens.Where(isMeant).ToList();
        if (meant.Count > 0 && parts.IndexOf(meant[random.Next(meant.Count)].ToFullString()) is >= 0 and var at)
            parts[at] = $" {text} ";
    }
}
