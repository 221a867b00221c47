using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules;

/// <summary>The kinds of address in words, and what they point into.</summary>
internal static class Addresses
{
    public const string User = "user virtual";
    public const string Physical = "physical";
    public const string Bus = "bus";
    public const string IoMemory = "I/O memory";

    public static bool IsKernel(string? kind) => kind is "kernel virtual" or "kernel logical";

    /// <summary>What an address was before numbers were added to it, and what a page was before it became an address.</summary>
    public static Sym BaseOf(Sym address) => address switch
    {
        Sym.Arithmetic sum => BaseOf(sum.Left),
        Sym.Bits bits => BaseOf(bits.Operand),
        Sym.Query { Symbol: IMethodSymbol { Name: "PageAddress" or "VirtToPage" or "VmallocToPage" or "Pa" or "Va" or "PageToPfn" or "ToPfn" or "ToPhysical" }, Arguments.Count: > 0 } query => BaseOf(query.Arguments[query.Arguments.Count - 1]),
        _ => address,
    };

    /// <summary>True for a parameter through which the function reads or writes kernel memory.</summary>
    public static bool IsAccessed(Contract contract, int parameter) =>
        contract.FindOn(parameter, "ReadsMemory") is not null || contract.FindOn(parameter, "WritesMemory") is not null;

    public static string WithArticle(string kind) => (kind[0] is 'I' or 'a' or 'e' or 'i' or 'o' ? "an " : "a ") + kind;
}
