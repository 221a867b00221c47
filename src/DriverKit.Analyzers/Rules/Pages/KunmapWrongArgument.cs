using System.Collections.Immutable;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3001: kunmap takes the page that was mapped, kunmap_atomic the address and the slot of its kmap_atomic.</summary>
internal sealed class KunmapWrongArgument() : FlowCheck(Descriptors.DK3001_KunmapWrongArgument)
{
    /// <summary>The property with what the fix does; the mapping call is the additional location.</summary>
    public const string Fix = nameof(Fix);

    /// <summary>The tag of a page that was looked up by its mapped address, and of the address a page has of its own.</summary>
    private const string PageOfMapped = nameof(PageOfMapped), OwnAddress = nameof(OwnAddress);

    /// <summary>The mark on a page that kmap_atomic has mapped.</summary>
    private const string MappedAtomic = nameof(MappedAtomic);

    public override Value OnKernelResult(KernelCall call, Value result)
    {
        switch (call.Name)
        {
            case "VmallocToPage" when call.Argument("address") is { Origin: { Name: "Kmap" or "KmapAtomic" } origin }:
                return result.With(new(PageOfMapped, origin.By, origin.At, Spreads: false));
            case "PageAddress" when call.Argument("page") is not null:
                return result.With(new(OwnAddress, call.Name, call.Location, Spreads: true));
            case "KmapAtomic" when call.Argument("page") is { } page:
                call.Note(MappedAtomic, page.Id);
                return result;
            default:
                return result;
        }
    }

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Name == "Kunmap" && call.Argument("page") is { } page)
            CheckPage(call, page);
        else if (call.Name == "KunmapAtomic" && call.Argument("address") is { } address)
            CheckAddress(call, address);
    }

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        if (release is not { Resource: Resources.KmapAtomicSlot, Object: { } address })
            return;
        var state = call.Caller.State;
        if (hold is { Detail: Sym.Const slot } && hold.Object?.Equals(address) == true && release.Detail is Sym.Const given && !slot.Equals(given))
        {
            Report(call, "a slot of another type", $"give the slot that {hold.By} took on line {LineOf(hold.At)}", hold.At, "Slot");
        }
        else if (state.ObjectOf(address) is { Value.IsLive: true } made)
        {
            bool isKmap = made.Value.Allocator == "Kmap";
            Report(call, $"what {made.Value.By} made", isKmap ? "call Kunmap with the page" : "give the address that KmapAtomic returned", made.Value.At, isKmap ? "Kunmap" : null);
            if (isKmap)
                call.Caller.Become(state.Track(made.Key, made.Value with { Status = ObjectStatus.Unsure }));
        }
    }

    private void CheckPage(KernelCall call, Value page)
    {
        if (page.TagOf(PageOfMapped) is { } looked)
        {
            Report(call, "a page looked up by the mapped address", "give the page that was mapped", looked.At, "Page");
            Forgive(call, looked.At);
        }
        else if (call.State.MarkOf(MappedAtomic, page.Id) is { } mark && HoldAt(call.State, mark.At) is { } hold && !IsKmapped(call.State, page.Id))
        {
            Report(call, "a page that KmapAtomic mapped", "call KunmapAtomic with the address and the slot", mark.At, "KunmapAtomic");
            call.Caller.Become(call.State.Release(new(call.Operation.Syntax.Span, hold.Resource, hold.Object, hold.Detail)));
        }
    }

    private void CheckAddress(KernelCall call, Value address)
    {
        if (address.TagOf(OwnAddress) is not null)
            Report(call, "the address that the page has of its own", "give the address that KmapAtomic returned", LastSlot(call.State)?.At, "Address");
        else if (address.Origin is { Name: "Kmap" or "LowMemory" or "Vmalloc" } origin && call.State.ObjectOf(address.Id) is null)
            Report(call, $"an address that {origin.By} made", origin.Name == "Kmap" ? "call Kunmap with the page" : "give the address that KmapAtomic returned", origin.At, null);
    }

    /// <summary>The mistake has been told: that the mapping stays is the same one.</summary>
    private static void Forgive(KernelCall call, Location at)
    {
        foreach (var entry in call.State.Objects)
        {
            if (entry.Value is { Allocator: "Kmap", IsLive: true } map && map.At == at)
                call.Caller.Become(call.State.Track(entry.Key, map with { Status = ObjectStatus.Unsure }));
        }
    }

    private void Report(KernelCall call, string given, string advice, Location? cause, string? fix) =>
        call.Report(new(Rule, call.Location, ImmutableArray.Create<object>(call.Name, given, advice), cause, PropertiesOf(fix)));

    private void Report(Aftermath call, string given, string advice, Location? cause, string? fix) =>
        call.Caller.Report(new(Rule, call.Location, ImmutableArray.Create<object>(Body.NameOf(call.Method), given, advice), cause, PropertiesOf(call.IsIndirect ? null : fix)));

    private static ImmutableDictionary<string, string?> PropertiesOf(string? fix) => fix is null ? NoProperties : NoProperties.Add(Fix, fix);

    private static Hold? LastSlot(State state)
    {
        Hold? last = null;
        foreach (var hold in state.Holds)
            last = hold.Resource == Resources.KmapAtomicSlot ? hold : last;
        return last;
    }

    private static Hold? HoldAt(State state, Location at)
    {
        foreach (var hold in state.Holds)
        {
            if (hold.Resource == Resources.KmapAtomicSlot && hold.At == at)
                return hold;
        }

        return null;
    }

    private static bool IsKmapped(State state, Sym page)
    {
        foreach (var entry in state.Objects)
        {
            if (entry.Value is { Allocator: "Kmap", IsLive: true, Detail: { } mapped } && Sym.MayBeSame(mapped, page))
                return true;
        }

        return false;
    }
}
