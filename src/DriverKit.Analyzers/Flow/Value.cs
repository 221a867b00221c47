using System;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>The part of the address space an address comes from, and where that was decided.</summary>
/// <param name="Name">The name of the <c>AddressOrigin</c>.</param>
/// <param name="By">The function that made the address, with the helpers it came through.</param>
/// <param name="At">The place to point at.</param>
internal sealed record Origin(string Name, string By, Location At);

/// <summary>The kind of address a plain number was taken from, and where.</summary>
/// <param name="Type">The address type.</param>
/// <param name="Name">The kind in words.</param>
/// <param name="At">The place to point at.</param>
internal sealed record Kind(ITypeSymbol Type, string Name, Location At);

/// <summary>Something a rule has noted of a value: a process chose it, it counts bytes not copied.</summary>
/// <param name="Name">What it is.</param>
/// <param name="By">The function that made it so, with the helpers it came through.</param>
/// <param name="At">The place to point at.</param>
/// <param name="Spreads">True when a number computed from it is of that sort too.</param>
internal sealed record Tag(string Name, string By, Location At, bool Spreads) : IEquatable<Tag>
{
    /// <summary>What it depends on: the flags of the allocation, the address it was fetched from.</summary>
    public Sym? Detail { get; init; }
}

/// <summary>What a number counts.</summary>
internal enum Unit
{
    /// <summary>Nobody knows, or it counts nothing.</summary>
    None,

    /// <summary>Bytes, or a byte address.</summary>
    Bytes,

    /// <summary>Pages.</summary>
    Pages,

    /// <summary>The number of a page frame.</summary>
    Frames,
}

/// <summary>How far a number has come from being an address: what is subtracted may leave a distance.</summary>
internal enum Distance
{
    /// <summary>It is an address.</summary>
    No,

    /// <summary>A constant has been subtracted: as an address it is of the kind it was, in sums it may be a distance.</summary>
    Maybe,

    /// <summary>A number nobody knows has been subtracted: it counts as a distance.</summary>
    Likely,
}

/// <summary>The method behind a delegate or a call.</summary>
/// <param name="Method">The method.</param>
/// <param name="Body">Its code, when this compilation has it.</param>
internal sealed record Target(IMethodSymbol Method, Body? Body)
{
    /// <summary>Of a call that may run any of several methods: all of this compilation that it may run.</summary>
    public ImmutableArray<Target> Overrides { get; init; } = [];

    [MethodImpl(Jit.AtOnce)]
    public bool IsSame(Target? other) =>
        other is not null && (Body is { } body ? other.Body?.Key == body.Key : SymbolEqualityComparer.Default.Equals(Method, other.Method));

    public bool Equals(Target? other) => IsSame(other);

    public override int GetHashCode() => Body?.Key.GetHashCode() ?? SymbolEqualityComparer.Default.GetHashCode(Method);
}

/// <summary>What is known of one value on one path.</summary>
/// <param name="Id">Its name: equal names, equal values.</param>
internal sealed record Value(Sym Id)
{
    /// <summary>The input that the value's origin and kind are those of, when they are not known here.</summary>
    public Sym? Root { get; init; }

    /// <summary>True when the value has an address type, so that its root matters on every path.</summary>
    public bool IsAddress { get; init; }

    /// <summary>True for allocation flags, whose constants decide whether a call sleeps, and for other values of which no two may become one.</summary>
    public bool IsFlags { get; init; }

    /// <summary>Where the address comes from.</summary>
    public Origin? Origin { get; init; }

    /// <summary>For a number: the kind of address it was taken from.</summary>
    public Kind? Kind { get; init; }

    /// <summary>For a number: whether it may have become a distance.</summary>
    public Distance Distance { get; init; }

    /// <summary>For an address: the other kind of address whose number it was made from.</summary>
    public Kind? Disguise { get; init; }

    /// <summary>For a number: what it counts.</summary>
    public Unit Unit { get; init; }

    /// <summary>What rules have noted of it.</summary>
    public EquatableArray<Tag> Tags { get; init; }

    /// <summary>For a delegate: the method behind it.</summary>
    public Target? Target { get; init; }

    /// <summary>For a delegate: the instance its method runs on.</summary>
    public Sym? TargetReceiver { get; init; }

    /// <summary>For a temporary that stands for a variable: that variable.</summary>
    public Place? Alias { get; init; }

    /// <summary>Where this place has been read since it was last known to be fresh.</summary>
    public EquatableArray<TextSpan> Reads { get; init; }

    /// <summary>The value without the record of its reads: what an expression has.</summary>
    public Value Read() => Reads.Count == 0 ? this : this with { Reads = default };

    /// <summary>The value as it is put somewhere: it stands for nothing else, and nobody has read it there.</summary>
    public Value Stored() => Reads.Count == 0 && Alias is null ? this : this with { Reads = default, Alias = null };

    /// <summary>Nothing but the name: no origin, no kind, no root.</summary>
    public Value Plain() => new(Id);

    /// <summary>The same origin, kind and root under another name.</summary>
    public Value As(Sym id) => this with { Id = id, Alias = null, Reads = default };

    [MethodImpl(Jit.AtOnce)]
    public Tag? TagOf(string name)
    {
        foreach (var tag in Tags)
        {
            if (tag.Name == name)
                return tag;
        }

        return null;
    }

    /// <summary>The value with a note on it; one of each name.</summary>
    public Value With(Tag tag) => TagOf(tag.Name) is null ? this with { Tags = Tags.Add(tag) } : this;

    public Value WithoutTag(string name) => TagOf(name) is null ? this : this with { Tags = new([.. Tags.Where(tag => tag.Name != name)]) };

    /// <summary>A number computed from two: of the sorts that either is of.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Value ComputedFrom(Value left, Value right)
    {
        var value = this;
        if (left.Tags.Count + right.Tags.Count + Tags.Count == 0)
            return value;
        value = value with { Tags = new([.. Tags.Where(static tag => tag.Spreads)]) };
        foreach (var tag in left.Tags.Concat(right.Tags).Where(static tag => tag.Spreads))
            value = value.With(tag);
        return value;
    }

    private static bool HaveSameTags(Value left, Value right)
    {
        if (left.Tags.Count != right.Tags.Count)
            return false;
        foreach (var tag in left.Tags)
        {
            if (right.TagOf(tag.Name) is not { } other || !Equals(tag.Detail, other.Detail))
                return false;
        }

        return true;
    }

    /// <summary>True when the two differ in a way that must not be lost where paths meet.</summary>
    public bool IsApartFrom(Value other) =>
        Origin?.Name != other.Origin?.Name
        || Kind?.Name != other.Kind?.Name
        || Disguise?.Name != other.Disguise?.Name
        || !HaveSameTags(this, other)
        || !Equals(Target, other.Target)
        || ((IsAddress || other.IsAddress) && !Equals(Root, other.Root))
        || (IsFlags && other.IsFlags && !Id.Equals(other.Id));
}
