using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>read_proc_t</c>: makes the contents of an entry of /proc in a page (<c>linux/proc_fs.h</c>). Process context; may sleep.</summary>
/// <remarks>There are three ways to use <paramref name="start"/>. Leave it: the page holds the whole text from its first byte on, however often it is asked for.
/// Set it to a place in the page: what was asked for, from <paramref name="offset"/> on, begins there. Set it to a small number, less than the page's address: the page
/// begins with what was asked for, and the position moves by that number instead of by bytes.</remarks>
/// <param name="page">A page of kernel memory.</param>
/// <param name="start">Null at first.</param>
/// <param name="offset">The position of the file.</param>
/// <param name="count">Bytes that are wanted, at most 3072.</param>
/// <param name="eof">Set it when nothing comes behind.</param>
/// <param name="data">The entry's data.</param>
/// <returns>Bytes in the page, from its start or from <paramref name="start"/> on; 0 at the end; or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult ReadProc(KernelLogicalAddress page, ref KernelLogicalAddress start, [FromUser] long offset, [Unit(AddressUnit.Bytes)] int count, ref bool eof, object? data);

/// <summary><c>write_proc_t</c>: takes what a process writes to an entry of /proc (<c>linux/proc_fs.h</c>). Process context; may sleep.</summary>
/// <param name="filp">The open file.</param>
/// <param name="buffer">In the process's memory.</param>
/// <param name="count">Bytes.</param>
/// <param name="data">The entry's data.</param>
/// <returns>Bytes taken, or a negated errno. The position of the file is not moved.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult WriteProc(OpenFile filp, UserVirtualAddress buffer, [FromUser, Unit(AddressUnit.Bytes)] ulong count, object? data);
