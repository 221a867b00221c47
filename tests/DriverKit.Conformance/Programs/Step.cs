namespace DriverKit.Conformance.Programs;

/// <summary>One thing a program does. Both worlds do it, then their answers and their maps are compared.</summary>
internal abstract record Step
{
    /// <summary>The same step with every address moved.</summary>
    public virtual Step Moved(Func<Place, Place> move) => this;
}

/// <summary>A step about an address.</summary>
internal abstract record PlaceStep(Place Address) : Step
{
    public override Step Moved(Func<Place, Place> move) => this with { Address = move(Address) };
}

/// <summary>A step about a range of addresses.</summary>
internal abstract record RangeStep(Place Address, ulong Length) : PlaceStep(Address);

/// <summary>mmap; of a file by its slot, see <see cref="Open"/>.</summary>
internal sealed record Mmap(Place Address, ulong Length, Protection Protection, MapFlags Flags, int File = -1, ulong Offset = 0) : RangeStep(Address, Length);

internal sealed record Munmap(Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Mprotect(Place Address, ulong Length, Protection Protection) : RangeStep(Address, Length);

internal sealed record Mremap(Place Address, ulong Length, ulong NewLength, MremapFlags Flags = MremapFlags.None, Place NewAddress = default) : RangeStep(Address, Length)
{
    public override Step Moved(Func<Place, Place> move) => this with { Address = move(Address), NewAddress = move(NewAddress) };
}

internal sealed record Madvise(Place Address, ulong Length, MemoryAdvice Advice) : RangeStep(Address, Length);

internal sealed record Mincore(Place Address, ulong Length) : RangeStep(Address, Length)
{
    /// <summary>The model's answer for a page of a file that nobody has asked for: the host may have read it ahead.</summary>
    public const byte Undetermined = 2;

    /// <summary>Pages whose answer is compared, at most.</summary>
    public const int MaxPages = 64;

    /// <summary>Pages whose answer is compared.</summary>
    public int Pages => (int)Math.Min(Length / Place.PageSize + (Length % Place.PageSize != 0 ? 1u : 0), MaxPages);
}

internal sealed record Msync(Place Address, ulong Length, MsyncFlags Flags) : RangeStep(Address, Length);

internal sealed record Mlock(Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Munlock(Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Mlockall(MlockallFlags Flags) : Step;

internal sealed record Munlockall : Step;

internal sealed record Brk(Place Address) : PlaceStep(Address);

/// <summary>A load of 1, 2, 4 or 8 bytes.</summary>
internal sealed record Load(Place Address, int Width = 8) : PlaceStep(Address);

/// <summary>A store of 1, 2, 4 or 8 bytes.</summary>
internal sealed record Store(Place Address, ulong Value, int Width = 8) : PlaceStep(Address);

/// <summary>Opens a file into a slot, after closing the file that was there. Programs have their own numbers for files, because descriptors are no
/// part of what is compared. A path without a slash is one of <see cref="Names"/>, in a directory that is empty when the program starts.</summary>
internal sealed record Open(int File, string Path, OpenFlags Flags = OpenFlags.ReadWrite) : Step
{
    /// <summary>The regular files of programs.</summary>
    public static string[] Names { get; } = ["a", "b"];

    /// <summary>Permissions of a new file, before the umask.</summary>
    public const UnixFileMode Mode = (UnixFileMode)0x1B6;
}

internal sealed record Close(int File) : Step;

internal sealed record Read(int File, Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Write(int File, Place Address, ulong Length) : RangeStep(Address, Length);

internal sealed record Pread(int File, Place Address, ulong Length, long Offset) : RangeStep(Address, Length);

internal sealed record Pwrite(int File, Place Address, ulong Length, long Offset) : RangeStep(Address, Length);

internal sealed record Ftruncate(int File, long Length) : Step;

internal sealed record Fsync(int File) : Step;

internal sealed record Unlink(string Path) : Step;

/// <summary>Reads a file with pread(), from its start, past the program's memory.</summary>
internal sealed record Contents(int File) : Step
{
    /// <summary>Pages read, at most.</summary>
    public const int MaxPages = 12;
}

internal sealed record Lseek(int File, long Offset, SeekWhence Whence = SeekWhence.Set) : Step;

/// <summary>Reads every byte of the window, of what lies below the top, and of the heap. The reads are loads: they fault pages in.</summary>
internal sealed record Dump : Step;

/// <summary>A child runs its steps and exits; then the parent goes on.</summary>
internal sealed record Fork(params Step[] Child) : Step
{
    public override Step Moved(Func<Place, Place> move) => new Fork([.. Child.Select(step => step.Moved(move))]);

    public bool Equals(Fork? other) => other is not null && Child.AsSpan().SequenceEqual(other.Child);

    public override int GetHashCode() => Child.Length;
}
