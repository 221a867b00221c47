using System;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DriverKit.Analyzers.Flow;

/// <summary>A kmap_atomic slot that is held.</summary>
/// <param name="Site">The call that took it, in the method at hand.</param>
/// <param name="By">The function that took it, with the helpers it was called through.</param>
/// <param name="At">The place to point at.</param>
internal sealed record Slot(TextSpan Site, string By, Location? At) : IEquatable<Slot>;
