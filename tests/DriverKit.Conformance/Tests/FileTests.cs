using DriverKit.Conformance.Programs;
using static DriverKit.Conformance.Programs.Place;
using static DriverKit.Conformance.Tests.Agreement;

namespace DriverKit.Conformance.Tests;

/// <summary>Regular files and their maps do the same as the host's.</summary>
public sealed class FileTests
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags FixedShared = MapFlags.Shared | MapFlags.Fixed;
    private const MapFlags FixedPrivate = MapFlags.Private | MapFlags.Fixed;

    /// <summary>A file of 5000 bytes with a mark in each page, and memory to write from.</summary>
    private static readonly Step[] Start =
    [
        new Mmap(Window, 0x2000, ReadWrite, FixedPrivate | MapFlags.Anonymous),
        new Store(Window + 0x10, 0x1111),
        new Store(Window + 0x1010, 0x2222),
        new Open(1, "a", OpenFlags.ReadWrite | OpenFlags.Create),
        new Write(1, Window, 5000),
    ];

    [HostFact]
    public void Reads_writes_and_sizes() => AgreeFromStart(
        new Lseek(1, 4090),
        new Read(1, Window + 0x100, 0x1000),
        new Read(1, Window, 1),
        new Pread(1, Window + 0x800, 0x20, 4096),
        new Pread(1, Window, 1, -1),
        new Pwrite(1, Window, 16, 20000),
        new Contents(1),
        new Ftruncate(1, 4100),
        new Contents(1),
        new Ftruncate(1, 9000),
        new Contents(1),
        new Ftruncate(1, -1),
        new Lseek(1, -1, SeekWhence.End),
        new Write(1, Window + 0x1ffc, 8),
        new Fsync(1),
        new Contents(1),
        new Dump());

    [HostFact]
    public void Openings_and_names() => AgreeFromStart(
        new Open(2, "b"),
        new Open(2, "a", OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive),
        new Open(2, "a", OpenFlags.WriteOnly | OpenFlags.Append),
        new Read(2, Window, 1),
        new Pwrite(2, Window, 8, 0),
        new Contents(1),
        new Open(3, "a", OpenFlags.ReadOnly),
        new Write(3, Window, 1),
        new Ftruncate(3, 0),
        new Open(2, "a", OpenFlags.ReadOnly | OpenFlags.Truncate),
        new Contents(1),
        new Unlink("a"),
        new Unlink("a"),
        new Open(2, "a"),
        new Write(1, Window, 8),
        new Contents(3),
        new Close(1),
        new Contents(1));

    [HostFact]
    public void Shared_maps() => AgreeFromStart(
        new Mmap(Window + 0x4000, 0x4000, ReadWrite, FixedShared, 1),
        new Mmap(Window + 0xa000, 0x1000, ReadWrite, FixedShared, 1, Offset: 0x1000),
        new Store(Window + 0x5020, 7),
        new Load(Window + 0xa020),
        new Fork(new Store(Window + 0xa028, 8), new Dump()),
        new Load(Window + 0x5028),
        new Contents(1),
        new Store(Window + 0x5700, 9),
        new Load(Window + 0xa700),
        new Load(Window + 0x6000),
        new Msync(Window + 0x5000, 0x1000, MsyncFlags.Sync),
        new Load(Window + 0xa700),
        new Ftruncate(1, 0x3000),
        new Store(Window + 0x6000, 10),
        new Mincore(Window + 0x4000, 0x3000),
        new Madvise(Window + 0x4000, 0x4000, MemoryAdvice.DontNeed),
        new Madvise(Window + 0x4000, 0x4000, MemoryAdvice.WillNeed),
        new Mremap(Window + 0x5000, 0x1000, 0x2000, MremapFlags.MayMove),
        new Mremap(Window + 0xa000, 0, 0x2000, MremapFlags.MayMove | MremapFlags.Fixed, Window + 0x10000),
        new Unlink("a"),
        new Dump());

    [HostFact]
    public void Private_maps() => AgreeFromStart(
        new Mmap(Window + 0x4000, 0x3000, ReadWrite, FixedPrivate, 1),
        new Load(Window + 0x4010),
        new Pwrite(1, Window + 0x1010, 8, 0x10),
        new Load(Window + 0x4010),
        new Store(Window + 0x4020, 7),
        new Pwrite(1, Window + 0x1010, 8, 0x18),
        new Load(Window + 0x4018),
        new Fork(new Store(Window + 0x4030, 8), new Store(Window + 0x5030, 8), new Dump()),
        new Contents(1),
        new Store(Window + 0x5800, 9),
        new Ftruncate(1, 4200),
        new Load(Window + 0x5800),
        new Ftruncate(1, 0),
        new Store(Window + 0x4000, 1),
        new Ftruncate(1, 0x2000),
        new Load(Window + 0x4020),
        new Madvise(Window + 0x4000, 0x1000, MemoryAdvice.DontNeed),
        new Dump());

    [HostFact]
    public void Maps_of_a_file_open_for_reading_only() => AgreeFromStart(
        new Open(2, "a", OpenFlags.ReadOnly),
        new Mmap(default, 0x1000, ReadWrite, MapFlags.Shared, 2),
        new Mmap(Window + 0x4000, 0x2000, Protection.Read, FixedShared, 2),
        new Mprotect(Window + 0x4000, 0x1000, ReadWrite),
        new Store(Window + 0x4000, 1),
        new Mmap(Window + 0x8000, 0x2000, ReadWrite, FixedPrivate, 2),
        new Store(Window + 0x8000, 1),
        new Open(3, "a", OpenFlags.WriteOnly),
        new Mmap(default, 0x1000, Protection.Write, MapFlags.Shared, 3),
        new Mmap(default, 0x1000, Protection.Write, MapFlags.Private, 3),
        new Mmap(default, 0x1000, Protection.Read, MapFlags.Private, 2, Offset: 0x800),
        new Mmap(default, 0x1000, Protection.Read, MapFlags.Private, 2, Offset: 1ul << 63),
        new Dump());

    [HostFact]
    public void A_store_beyond_the_end_of_a_private_map_counts_as_the_areas_first() => AgreeFromStart(
        new Mmap(Window + 0x4000, 0x2000, ReadWrite, FixedPrivate, 1, Offset: 0x4000),
        new Mprotect(Window + 0x5000, 0x1000, Protection.Read),
        new Store(Window + 0x4000, 1),
        new Fork(new Mprotect(Window + 0x4000, 0x2000, Protection.None)));

    [HostFact]
    public void Locked_memory_that_moves_and_grows_is_there_at_once() => Agree(
        new Mmap(Window + 0x6000, 0x1000, ReadWrite, FixedPrivate | MapFlags.Anonymous),
        new Mlock(Window + 0x6000, 0x1000),
        new Mremap(Window + 0x6000, 0x1000, 0x3000, MremapFlags.MayMove | MremapFlags.Fixed, Window),
        new Mincore(Window, 0x3000));

    [HostFact]
    public void A_write_behind_the_end_clears_the_gap_and_no_more() => AgreeFromStart(
        new Mmap(Window + 0x4000, 0x2000, ReadWrite, FixedShared, 1),
        new Store(Window + 0x5500, 1),
        new Store(Window + 0x5e00, 2),
        new Pwrite(1, Window, 8, 0x1800),
        new Load(Window + 0x5500),
        new Load(Window + 0x5e00),
        new Pwrite(1, Window, 8, 0x3000),
        new Load(Window + 0x5e00),
        new Contents(1),
        new Dump());

    [HostFact]
    public void An_area_of_a_child_that_grows_joins_the_next_one() => Agree(
        new Mmap(Window, 0x1000, Protection.Write, FixedPrivate | MapFlags.Anonymous),
        new Store(Window, 1),
        new Mmap(Window + 0x4000, 0x1000, ReadWrite, FixedPrivate | MapFlags.Anonymous),
        new Fork(new Mprotect(Window, 0x1000, ReadWrite), new Mremap(Window, 0x1000, 0x4000), new Dump()));

    private static void AgreeFromStart(params Step[] steps) => Agree([.. Start, .. steps]);
}
