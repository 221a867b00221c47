namespace DriverKit.Conformance.Programs;

/// <summary>Steps that the generator does not make because the two worlds are known to differ there. Each name is a heading of docs/deviations.md.</summary>
internal static class Deviations
{
    /// <summary>The entry that a step falls under; null for a step to compare.</summary>
    public static string? Of(Step step) => step switch
    {
        Mmap { Address.Anchor: Anchor.Absolute, Address.Offset: >= 0 and < 0x10000 } s when (s.Flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0 => "mmap_min_addr",
        Mmap { Address.Anchor: Anchor.Absolute, Address.Offset: < 0 and >= -4095 } s when (s.Flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0 => "addresses that look like errors",
        Mremap { NewAddress: { Anchor: Anchor.Absolute, Offset: >= 0 and < 0x10000 } } s when (s.Flags & MremapFlags.Fixed) != 0 => "mmap_min_addr",
        Load { Address.Anchor: Anchor.Absolute } s when !IsCanonical(s.Address, s.Width) => "non-canonical addresses",
        Store { Address.Anchor: Anchor.Absolute } s when !IsCanonical(s.Address, s.Width) => "non-canonical addresses",
        Mmap { File: < 0 } s when (s.Flags & MapFlags.Stack) != 0 => "MAP_STACK",
        Mremap s when (s.Flags & MremapFlags.DontUnmap) != 0 => "MREMAP_DONTUNMAP",
        Munmap { Address.Anchor: Anchor.Heap } or Mremap { Address.Anchor: Anchor.Heap } => "brk over a hole",
        Madvise { Advice: MemoryAdvice.WillNeed } => "MADV_WILLNEED of shared anonymous memory",
        Madvise { Advice: MemoryAdvice.DontFork } => "areas with VM_DONTCOPY",
        Mprotect s when (s.Protection & Protection.GrowsUp) != 0 => "PROT_GROWSUP",
        Mlockall s when (s.Flags & MlockallFlags.OnFault) != 0 => "mprotect of memory locked on fault",
        Mmap { Protection: Protection.Exec } or Mprotect { Protection: Protection.Exec } => "execute-only memory",
        Mmap { File: >= 0 } s when (s.Flags & MapFlags.Type) == MapFlags.Private => "private maps of /dev/zero",
        _ => null,
    };

    private static bool IsCanonical(Place place, int width) => place.Offset >> 47 is 0 or -1 && (place.Offset + width - 1) >> 47 is 0 or -1;
}
