using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules;

/// <summary>With which flags memory was allocated: noted on what the allocator returns, and on what is computed from it.</summary>
internal static class Allocations
{
    /// <summary>On a page or an address: it comes from an allocator. Its detail is the flags, where there are any.</summary>
    public const string Allocated = nameof(Allocated);

    /// <summary><c>__GFP_HIGHMEM</c>.</summary>
    private const ulong HighMem = 0x02;

    /// <summary><c>__GFP_ZERO</c>.</summary>
    private const ulong Zero = 0x8000;

    public static Observer Observer { get; } = new Notes();

    private static Value Note(KernelCall call, Value result)
    {
        if (call.Contract.FindOnReturn("AllocatesWith")?.Argument is not ("Kmalloc" or "Pages" or "Vmalloc" or "SlabObject"))
            return result;
        Sym? flags = null;
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            if (call.Caller.Symbols.IsGfpFlags(call.Method.Parameters[i].Type))
                flags = call.Arguments[i].Id;
        }

        if (call.Name is "Kzalloc" or "Kcalloc" or "KmemCacheZalloc" or "GetZeroedPage")
            flags = SymFactory.Constant((long)Zero);
        return result.With(new(Allocated, call.Name, call.Location, true) { Detail = flags });
    }

    /// <summary>The allocation, when the page may be one of high memory.</summary>
    public static Tag? HighPage(Value value, State state) =>
        value.TagOf(Allocated) is { Detail: { } flags } tag && SymFactory.NumberOf(state.Resolve(flags)) is { } number && (number & HighMem) != 0 ? tag : null;

    /// <summary>The allocation, when the memory holds what its last owner left there.</summary>
    public static Tag? Unzeroed(Value value, State state) =>
        value.TagOf(Allocated) is { } tag && (tag.Detail is null || (SymFactory.NumberOf(state.Resolve(tag.Detail)) is { } number && (number & Zero) == 0)) ? tag : null;

    private sealed class Notes : Observer
    {
        public override Value OnKernelResult(KernelCall call, Value result) => Note(call, result);
    }
}
