namespace DriverKit.Conformance.Programs;

/// <summary>Steps that are not compared because the two worlds are known to differ there. Each name is a heading of docs/deviations.md.</summary>
internal static class Deviations
{
    private const ulong HugePage = 2 << 20;

    /// <summary>The entry that a step falls under; null for a step to compare.</summary>
    /// <param name="step">The step.</param>
    /// <param name="locks">True in a program that locks memory.</param>
    public static string? Of(Step step, bool locks) => step switch
    {
        Mmap { Address.Anchor: Anchor.Absolute, Address.Offset: >= 0 and < 0x10000 } s when (s.Flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0 => "mmap_min_addr",
        Mremap { NewAddress: { Anchor: Anchor.Absolute, Offset: >= 0 and < 0x10000 } } s when (s.Flags & MremapFlags.Fixed) != 0 => "mmap_min_addr",
        Mremap s when locks && (s.Flags & MremapFlags.DontUnmap) != 0 => "MREMAP_DONTUNMAP of locked memory",
        Mmap { File: >= 0, Offset: > long.MaxValue - HugePage } => "file offsets next to the largest",
        Mmap { Protection: Protection.Exec } or Mprotect { Protection: Protection.Exec } => "execute-only memory",
        _ => null,
    };

    /// <summary>The entry that a step has turned out to fall under; null for a step to compare. The program ends with it.</summary>
    /// <param name="step">The step.</param>
    /// <param name="value">What the model has answered.</param>
    /// <param name="isBeyondEnd">True when it writes beyond the end of its file.</param>
    /// <param name="isToItself">True when it copies between pages of a file and a map of the same pages, or out of a pipe to a page that is in it.</param>
    public static string? Of(Step step, long value, bool isBeyondEnd, bool isToItself) => step switch
    {
        Read or Write or Pread or Pwrite or Splice or Vmsplice when isToItself => "reads and writes of the bytes in the buffer",
        Write or Pwrite when isBeyondEnd && value == -Errno.EFAULT.Number => "failed writes beyond the end of a file",
        _ => null,
    };
}
