using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary><c>struct attribute</c> with its <c>sysfs_ops</c>: a file of /sys that holds one value.</summary>
/// <param name="Name">The file.</param>
/// <param name="Mode">Who may do what.</param>
/// <param name="Show">Writes the value into a page; returns bytes or a negated errno.</param>
/// <param name="Store">Takes a value from a page, so many bytes with a zero behind them; returns bytes or a negated errno.</param>
/// <param name="Owner">The module that must stay while the file is open.</param>
internal sealed record SysfsAttribute(
    string Name, UnixFileMode Mode, Func<KernelLogicalAddress, KernelResult> Show, Func<KernelLogicalAddress, ulong, KernelResult> Store, KernelModule? Owner = null)
{
    /// <summary><c>orphaned</c>: the file is removed; who still has it open gets ENODEV.</summary>
    public bool IsRemoved { get; set; }
}

/// <summary><c>struct sysfs_buffer</c>: the page of one opening.</summary>
internal sealed class SysfsBuffer
{
    /// <summary><c>sem</c>; null until two have used the opening at once.</summary>
    public KernelMutex? Lock { get; set; }

    /// <summary>Zeroed at first; null before the first use.</summary>
    public Page? Page { get; set; }

    /// <summary>Bytes of the value.</summary>
    public ulong Count { get; set; }

    /// <summary><c>needs_read_fill</c>: nothing has been shown since it was opened or written.</summary>
    public bool NeedsFill { get; set; } = true;
}
