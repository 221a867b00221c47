using System.Collections.Immutable;
using System.Globalization;
using DriverKit.Analyzers.Flow;
using Microsoft.CodeAnalysis;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>DK3008: what an allocator made goes back to it, with the same order, into the same cache.</summary>
internal sealed class AllocatorMismatch() : FlowCheck(Descriptors.DK3008_AllocatorMismatch)
{
    /// <summary>The properties with the function that the fix calls, and with the order that it gives.</summary>
    public const string Function = nameof(Function), Order = nameof(Order);

    public override void OnRelease(ObjectRelease release, Aftermath call)
    {
        string allocators = release.Released.Allocator;
        if (!Releases.IsMemory(Tracked.FirstOf(allocators)))
            return;
        if (release.Prior is { By.Length: > 0, IsLive: true } made)
        {
            if (!made.IsReleasedBy(allocators))
                Mismatch(made.Allocator, made.By, made.At, release, call);
            else if (IsOtherDetail(made, release.Released, call.Caller.State))
                Report(release, call, made.By, made.At, made.Allocator == "SlabObject" ? "give it back to the cache it came from" : "free it with the order it was allocated with", OrderOf(made, call));
        }
        else if (release.Prior is null && AllocatorOf(release.Value.Origin?.Name, allocators) is { } allocator)
        {
            Mismatch(allocator, release.Value.Origin!.By, release.Value.Origin.At, release, call);
        }
    }

    private void Mismatch(string allocator, string by, Location? at, ObjectRelease release, Aftermath call)
    {
        // kfree() finds the cache of an object by itself.
        if (allocator == "SlabObject" && Tracked.IsOneOf("Kmalloc", release.Released.Allocator))
            return;
        bool isPage = allocator == "Pages" && (release.Prior?.Detail is null || call.Caller.State.Resolve(release.Prior.Detail).Equals(Sym.Const.Zero));
        string function = allocator == "KmapAtomic" ? "KunmapAtomic" : isPage ? "FreePage" : Releases.FunctionFor(allocator);
        bool canReplace = !call.IsIndirect && (isPage || allocator is "Kmalloc" or "Vmalloc");
        Report(release, call, by, at, $"call {function} instead", canReplace ? NoProperties.Add(Function, function) : NoProperties);
    }

    private static ImmutableDictionary<string, string?> OrderOf(Tracked made, Aftermath call) =>
        !call.IsIndirect && made.Allocator == "Pages" && call.Caller.State.Resolve(made.Detail ?? Sym.Const.Zero) is Sym.Const { Value: long order }
            ? NoProperties.Add(Order, order.ToString(CultureInfo.InvariantCulture))
            : NoProperties;

    private void Report(ObjectRelease release, Aftermath call, string by, Location? at, string advice, ImmutableDictionary<string, string?> properties) => call.Caller.Report(new(
        Rule,
        call.Location,
        ImmutableArray.Create<object>(release.Released.ReleasedBy, by, at is null ? string.Empty : $" on line {LineOf(at)}", advice),
        at,
        properties));

    /// <summary>Two orders that are different numbers; two caches that are different variables.</summary>
    private static bool IsOtherDetail(Tracked made, Tracked released, State state)
    {
        if (made.Allocator == "SlabObject")
            return made.Detail is { } cache && released.Detail is { } other && !Sym.MayBeSame(cache, other);
        if (made.Allocator != "Pages" || Tracked.IsReference(released.Allocator))
            return false;
        var (order, freed) = (state.Resolve(made.Detail ?? Sym.Const.Zero), state.Resolve(released.Detail ?? Sym.Const.Zero));
        return order is Sym.Const && freed is Sym.Const && !order.Equals(freed);
    }

    /// <summary>What must have made an address that nobody saw made here, when that is not what the release is for.</summary>
    private static string? AllocatorOf(string? origin, string allocators) => origin switch
    {
        "Vmalloc" when !Tracked.IsOneOf("Vmalloc", allocators) => "Vmalloc",
        "Kmap" or "KmapAtomic" => origin,
        "LowMemory" when allocators == "Vmalloc" => "Kmalloc",
        _ => null,
    };
}
