using System;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>What has become of an object on a path.</summary>
internal enum ObjectStatus
{
    /// <summary>This method must release it, or hand it on.</summary>
    Owned,

    /// <summary>It lives, and somebody else may release it: it is in a field, or with code nobody can see.</summary>
    HandedOn,

    /// <summary>It has been released.</summary>
    Released,

    /// <summary>Released on one of the paths that meet here, so nothing is certain.</summary>
    Unsure,
}

/// <summary>An object that an allocator made, or a registration that a driver made, on one path.</summary>
/// <param name="Allocator">The name of the <c>Allocator</c> that made it; for one that only its release is known of, that which released it.</param>
/// <param name="Status">What has become of it.</param>
/// <param name="Site">The call that made it, in the method at hand.</param>
/// <param name="By">The function that made it, with the helpers it was called through; empty when the method did not see it made.</param>
/// <param name="At">The place to point at.</param>
internal sealed record Tracked(string Allocator, ObjectStatus Status, TextSpan Site, string By, Location? At) : IEquatable<Tracked>
{
    public const string PageReference = nameof(PageReference);
    public const string Kref = nameof(Kref);

    /// <summary>What its release must name too: the order of the pages, the cache of the object, the device id of the interrupt.</summary>
    public Sym? Detail { get; init; }

    /// <summary>The function that released it, with the helpers it was called through.</summary>
    public string ReleasedBy { get; init; } = string.Empty;

    /// <summary>Where it was released.</summary>
    public Location? ReleasedAt { get; init; }

    /// <summary>True when a release for <paramref name="allocators"/>, separated by bars, is one for this object.</summary>
    public bool IsReleasedBy(string allocators) => IsOneOf(Allocator, allocators);

    public static bool IsOneOf(string allocator, string allocators) =>
        allocator == allocators || Array.IndexOf(allocators.Split('|'), allocator) >= 0;

    /// <summary>True for what is known by an argument, such as the number of an interrupt, and not by a pointer that was handed out.</summary>
    public static bool IsRegistration(string allocator) => allocator is "Irq" or "ChrdevRegion" or "Chrdev" or "Cdev" or "MiscDevice" or "MemRegion" or "IoRegion"
        or "Kmap" or PageReference or "Device" or "DeviceFile" or "ClassFile" or "ProcEntry" or Kref;

    /// <summary>True for a count of holders: to give one back says nothing of the object while others hold it.</summary>
    public static bool IsReference(string allocators) => FirstOf(allocators) is PageReference or Kref;

    [MethodImpl(Jit.AtOnce)]
    public static string FirstOf(string allocators) => allocators.IndexOf('|') is var bar and >= 0 ? allocators.Substring(0, bar) : allocators;

    /// <summary>True when it has come to the same in both: made or released by the same allocator, in the same way.</summary>
    public bool IsLike(Tracked other) => Status == other.Status && Allocator == other.Allocator && Equals(Detail, other.Detail);

    public bool IsLive => Status is ObjectStatus.Owned or ObjectStatus.HandedOn;
}

/// <summary>Something that has happened to a value on a path: a reference was taken, access was checked.</summary>
/// <param name="Name">What has happened.</param>
/// <param name="About">The value.</param>
internal readonly record struct MarkKey(string Name, Sym About) : IEquatable<MarkKey>;

/// <summary>Where it happened.</summary>
/// <param name="By">The function that did it.</param>
/// <param name="At">The place to point at.</param>
/// <param name="Excuses">True when a rule complains where the mark is missing: then one path that has it is enough where too many paths meet.</param>
internal sealed record Mark(string By, Location At, bool Excuses);
