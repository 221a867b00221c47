using DriverKit.Primitives;

namespace DriverKit.Memory.Physical;

/// <summary>What can be done with the pages of a page block when a large block is wanted (<c>MIGRATE_*</c>, <c>linux/mmzone.h</c>, Linux 2.6.24).</summary>
public enum MigrateType
{
    /// <summary><c>MIGRATE_UNMOVABLE</c>: they stay where they are; the kernel's own memory.</summary>
    Unmovable,

    /// <summary><c>MIGRATE_RECLAIMABLE</c>: they cannot move but can be freed; caches of the kernel.</summary>
    Reclaimable,

    /// <summary><c>MIGRATE_MOVABLE</c>: their contents can move to another frame; memory of processes.</summary>
    Movable,

    /// <summary><c>MIGRATE_RESERVE</c>: kept back until nothing else is left.</summary>
    Reserve,
}

/// <summary>How requests and page blocks of different kinds come together.</summary>
internal static class MigrateTypes
{
    public const int Count = 4;

    /// <summary><c>fallbacks</c>: whose free pages a kind takes when it has none, by kind.</summary>
    private static readonly MigrateType[][] Fallbacks =
    [
        [MigrateType.Reclaimable, MigrateType.Movable],
        [MigrateType.Unmovable, MigrateType.Movable],
        [MigrateType.Reclaimable, MigrateType.Unmovable],
        [],
    ];

    public static ReadOnlySpan<MigrateType> FallbacksOf(MigrateType type) => Fallbacks[(int)type];

    /// <summary><c>allocflags_to_migratetype</c>.</summary>
    public static MigrateType Of(GfpFlags flags) =>
        (flags & GfpFlags.Movable) != 0 ? MigrateType.Movable
        : (flags & GfpFlags.Reclaimable) != 0 ? MigrateType.Reclaimable
        : MigrateType.Unmovable;
}
