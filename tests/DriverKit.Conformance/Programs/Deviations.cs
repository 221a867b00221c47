namespace DriverKit.Conformance.Programs;

/// <summary>Steps that the generator does not make because the two worlds are known to differ there. Each name is a heading of docs/deviations.md.</summary>
internal static class Deviations
{
    /// <summary>The entry that a step falls under; null for a step to compare.</summary>
    /// <param name="step">The step.</param>
    /// <param name="locks">True in a program that locks memory.</param>
    public static string? Of(Step step, bool locks) => step switch
    {
        Mmap { Address.Anchor: Anchor.Absolute, Address.Offset: >= 0 and < 0x10000 } s when (s.Flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0 => "mmap_min_addr",
        Mremap { NewAddress: { Anchor: Anchor.Absolute, Offset: >= 0 and < 0x10000 } } s when (s.Flags & MremapFlags.Fixed) != 0 => "mmap_min_addr",
        Mremap s when locks && (s.Flags & MremapFlags.DontUnmap) != 0 => "MREMAP_DONTUNMAP of locked memory",
        Mmap { Protection: Protection.Exec } or Mprotect { Protection: Protection.Exec } => "execute-only memory",
        _ => null,
    };
}
