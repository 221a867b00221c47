using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2005: a page of high memory has an address only while it is mapped.</summary>
internal sealed class PageAddressOnHighMemory() : ArgumentCheck(Descriptors.DK2005_PageAddressOnHighMemory)
{
    private const string HighAddress = nameof(HighAddress);
    private const string PageAddress = nameof(PageAddress);

    public override Observer Observer => Allocations.Observer;

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        if (call.Name != PageAddress)
            return result;
        var page = call.Arguments[0];
        bool isOpen = Open(page, PageAddress, call.State) is not null;
        return IsSettled(page, call.State) || (!isOpen && Allocations.HighPage(page, call.State) is null)
            ? result
            : result.With(new(HighAddress, call.Name, call.LocationOf(0), true) { Detail = page.Id }).With(page.TagOf(Allocations.Allocated) ?? new("", "", Location.None, false));
    }

    public override void OnKernelCall(KernelCall call)
    {
        for (int i = 0; i < call.Method.Parameters.Length && i < call.Arguments.Count; i++)
        {
            var address = call.Arguments[i];
            if (Addresses.IsAccessed(call.Contract, i) && address.TagOf(HighAddress) is { Detail: { } page } tag && !IsAsked(address, page, call.State))
                Ask(new Value(page) { Tags = address.Tags, Root = page.IsFromEntry ? page : null }, PageAddress, tag.By, call.Caller, tag.At);
        }
    }

    protected override Finding? Judge(Value value, string what, State state, Location at, ImmutableArray<string> chain) =>
        Allocations.HighPage(value, state) is { } tag && !IsSettled(value, state)
            ? new(Rule, at, ImmutableArray.Create<object>(tag.By, LineOf(tag.At), In(chain)), tag.At, NoProperties)
            : null;

    protected override Sym? Open(Value value, string what, State state) => value.Id is Sym.Entry && value.TagOf(Allocations.Allocated) is null && !IsSettled(value, state) ? value.Id : null;

    /// <summary>The page is mapped now, or the driver has asked whether it is high.</summary>
    private static bool IsSettled(Value page, State state)
    {
        foreach (var entry in state.Objects)
        {
            if (entry.Value is { IsLive: true, Allocator: "Kmap", Detail: { } mapped } && mapped.Equals(page.Id))
                return true;
        }

        foreach (var fact in state.Facts)
        {
            if (fact.Key is Sym.Query { Symbol.Name: "PageHighMem" } query && query.Arguments.Contains(page.Id))
                return true;
        }

        return false;
    }

    /// <summary>The address was compared with null.</summary>
    private static bool IsAsked(Value address, Sym page, State state)
    {
        foreach (var fact in state.Facts)
        {
            if (fact.Key is Sym.Compare { IsEqual: true, Right: Sym.Const { Value: 0L } } zero && address.Id.Contains(zero.Left) && !zero.Left.Equals(page) && zero.Left is not Sym.Entry)
                return true;
        }

        return false;
    }
}
