using System.Collections.Immutable;
using System.Linq;
using DriverKit.Analyzers.Flow;
using DriverKit.Analyzers.Summaries;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3006: what is released is not used any more.</summary>
internal sealed class UseAfterRelease() : FlowCheck(Descriptors.DK3006_UseAfterRelease)
{
    /// <summary>The mark on the address of a slot that has been given back.</summary>
    private const string SlotReleased = nameof(SlotReleased);

    public override void OnKernelCall(KernelCall call)
    {
        if (call.Contract.IsPure || call.Contract.Find("Releases") is not null || IsHarmless(call.Name))
            return;
        for (int i = 0; i < call.Arguments.Count; i++)
        {
            var value = call.Arguments[i];
            if (value.Id is Sym.Const || !IsObject(call.Method.Parameters[i], call.Caller.Symbols) || call.Contract.FindOn(i, "FreesWith") is not null)
                continue;
            if (ReleasedBy(call.State, value) is { } gone)
                call.Report(Describe(call.LocationOf(i), call.Name, gone, string.Empty));
            else if (value.Id.IsFromEntry)
                call.Raise(new UseEffect(call.State.EntryFacts(), [call.Name], value.Id));
        }
    }

    public override void OnCall(Effect effect, CallSite site)
    {
        if (effect is not UseEffect use || site.Lift(use.Root) is not { } value || value.Id is Sym.Const)
            return;
        if (ReleasedBy(site.State, value) is { } gone)
            site.Report(Describe(site.LocationOf(use.Root), site.Chain[0], gone, Through(site.Chain)));
        else if (value.Id.IsFromEntry)
            site.Raise(use with { Guard = site.Guard, Chain = site.Chain, Root = value.Id });
    }

    public override void OnUnlock(Release release, Hold? hold, Aftermath call)
    {
        if (hold is { Resource: Resources.KmapAtomicSlot, Object: { } address })
            call.Caller.Become(call.Caller.State.Note(SlotReleased, address, new("KunmapAtomic", call.Location, Excuses: false)));
    }

    private Finding Describe(Location at, string user, (string By, Location? At) gone, string through) =>
        new(Rule, at, ImmutableArray.Create<object>(user, gone.By, LineOf(gone.At), through), gone.At, NoProperties);

    private static (string By, Location? At)? ReleasedBy(State state, Value value)
    {
        if (state.ObjectOf(value.Id) is { Value: { Status: ObjectStatus.Released, ReleasedAt: { } at } gone } && !Tracked.IsReference(gone.Allocator))
            return (gone.ReleasedBy, at);
        foreach (var mark in state.Marks)
        {
            if (mark.Key.Name == SlotReleased && value.Id.Contains(mark.Key.About))
                return (mark.Value.By, mark.Value.At);
        }

        return null;
    }

    /// <summary>An address of the kernel's, or an object that the kernel made.</summary>
    private static bool IsObject(IParameterSymbol parameter, KnownSymbols symbols) =>
        parameter.RefKind == RefKind.None
        && (symbols.AddressKindOf(parameter.Type) is not null
            ? parameter.Type.Name is "KernelLogicalAddress" or "KernelVirtualAddress" or "IoAddress"
            : parameter.Type is { TypeKind: TypeKind.Class, Name: "Page" or "WorkqueueStruct" or "KmemCache" });

    /// <summary>What looks at the page's descriptor only, which is never gone.</summary>
    private static bool IsHarmless(string function) =>
        function is "PageAddress" or "PageCount" or "PageReserved" or "PageCompound" or "PageHighMem" or "PageDirty" or "VirtAddrValid";
}

/// <summary>An input is used as memory that lives.</summary>
/// <param name="Guard">What must be true of the inputs.</param>
/// <param name="Chain">The functions down to the one that uses it.</param>
/// <param name="Root">The input.</param>
internal sealed record UseEffect(Map<Sym, bool> Guard, ImmutableArray<string> Chain, Sym Root) : Effect(Guard, Chain)
{
    public override object Identity => (nameof(UseEffect), Root, Guard);
}
