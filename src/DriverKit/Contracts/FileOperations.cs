using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct file_operations</c>: what a driver does for the system calls on its files (<c>linux/fs.h</c>). A missing operation is
/// null and means what it means in the kernel: no <see cref="Mmap"/> is ENODEV, no <see cref="Read"/> EINVAL, no <see cref="Ioctl"/> ENOTTY.</summary>
/// <remarks>All operations run in process context and may sleep.</remarks>
public sealed class FileOperations
{
    /// <summary><c>owner</c>: the module that must stay while a file is open (<c>THIS_MODULE</c>).</summary>
    public KernelModule? Owner { get; init; }

    /// <summary><c>open</c>. Null: opening always works.</summary>
    public OpenOperation? Open { get; init; }

    /// <summary><c>release</c>: the last reference to the open file is gone; not called for every close().</summary>
    public ReleaseOperation? Release { get; init; }

    /// <summary><c>read</c>. Null: <see cref="AioRead"/>, and EINVAL without that.</summary>
    public ReadOperation? Read { get; init; }

    /// <summary><c>write</c>. Null: <see cref="AioWrite"/>, and EINVAL without that.</summary>
    public WriteOperation? Write { get; init; }

    /// <summary><c>aio_read</c>: serves io_submit() and readv(), and read() when <see cref="Read"/> is null. Null: io_submit() is EINVAL.</summary>
    public AioReadOperation? AioRead { get; init; }

    /// <summary><c>aio_write</c>: serves io_submit() and writev(), and write() when <see cref="Write"/> is null. Null: io_submit() is EINVAL.</summary>
    public AioWriteOperation? AioWrite { get; init; }

    /// <summary><c>llseek</c>. Null: the kernel moves the position itself (<c>default_llseek</c>).</summary>
    public LlseekOperation? Llseek { get; init; }

    /// <summary><c>poll</c>. Null: always ready for reading and writing (<c>DEFAULT_POLLMASK</c>), and nothing for epoll (EPERM).</summary>
    public PollOperation? Poll { get; init; }

    /// <summary><c>ioctl</c>. Null: ENOTTY.</summary>
    public IoctlOperation? Ioctl { get; init; }

    /// <summary><c>unlocked_ioctl</c>: takes the place of <see cref="Ioctl"/> when both are there.</summary>
    public UnlockedIoctlOperation? UnlockedIoctl { get; init; }

    /// <summary><c>mmap</c>. Null: ENODEV.</summary>
    public MmapOperation? Mmap { get; init; }

    /// <summary><c>get_unmapped_area</c>: chooses where a map goes. Null: the kernel does.</summary>
    public GetUnmappedAreaOperation? GetUnmappedArea { get; init; }

    /// <summary><c>flush</c>: a descriptor is closed; called for every one of them. Null: there is nothing to wait for.</summary>
    public FlushOperation? Flush { get; init; }

    /// <summary><c>fasync</c>: somebody turns O_ASYNC on or off; hand on to <c>fasync_helper()</c>. Null: the flag says nothing.</summary>
    public FasyncOperation? Fasync { get; init; }

    /// <summary><c>fsync</c>. Null: EINVAL.</summary>
    public FsyncOperation? Fsync { get; init; }

    /// <summary><c>splice_read</c>. Null: EINVAL.</summary>
    public SpliceReadOperation? SpliceRead { get; init; }

    /// <summary><c>splice_write</c>. Null: EINVAL.</summary>
    public SpliceWriteOperation? SpliceWrite { get; init; }

    /// <summary>The kernel's own files: io_submit() reads and writes them too, and is done when it returns (<c>generic_file_aio_read</c>).</summary>
    internal bool ServesAio { get; init; }
}

/// <summary><c>open</c>: a process opens the node. An error fails the system call and nothing is opened.</summary>
[CalledIn(CallContext.Process)]
public delegate KernelResult OpenOperation(Inode inode, OpenFile filp);

/// <summary><c>release</c>: the open file goes away. The result is ignored, as in the kernel.</summary>
[CalledIn(CallContext.Process)]
public delegate KernelResult ReleaseOperation(Inode inode, OpenFile filp);

/// <summary><c>read</c>: copies at most <paramref name="count"/> bytes to user memory and advances the position.</summary>
/// <returns>Bytes copied, 0 at the end, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult ReadOperation(OpenFile filp, UserVirtualAddress buffer, [FromUser, Unit(AddressUnit.Bytes)] ulong count, [FromUser] ref long position);

/// <summary><c>write</c>: takes at most <paramref name="count"/> bytes from user memory and advances the position.</summary>
/// <returns>Bytes taken, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult WriteOperation(OpenFile filp, UserVirtualAddress buffer, [FromUser, Unit(AddressUnit.Bytes)] ulong count, [FromUser] ref long position);

/// <summary><c>llseek</c>: moves the position.</summary>
/// <returns>The new position in bytes, or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult LlseekOperation(OpenFile filp, [FromUser] long offset, SeekWhence whence);

/// <summary><c>ioctl</c>: a command with one argument, a number or a user address.</summary>
/// <returns>What ioctl() returns to the process, or a negated errno; -ENOTTY for a command that is not the driver's.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult IoctlOperation(Inode inode, OpenFile filp, uint command, [FromUser] ulong argument);

/// <summary><c>unlocked_ioctl</c>: a command with one argument, a number or a user address. <c>filp->f_dentry->d_inode</c> is <see cref="OpenFile.Inode"/>.</summary>
/// <returns>What ioctl() returns to the process, or a negated errno; -ENOTTY for a command that is not the driver's.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult UnlockedIoctlOperation(OpenFile filp, uint command, [FromUser] ulong argument);

/// <summary><c>flush</c>: one descriptor of the open file is closed: by close(), dup2(), execve() or the end of the process. Copies of it may live on.</summary>
/// <returns>What close() returns to the process: 0 or a negated errno. Nobody sees it after the other ways to close. The descriptor is gone in any case.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult FlushOperation(OpenFile filp);

/// <summary><c>mmap</c>: a process maps the file. Fill in the area's operations, or its page tables.</summary>
[CalledIn(CallContext.Process)]
public delegate KernelResult MmapOperation(OpenFile filp, VmAreaStruct vma);

/// <summary><c>get_unmapped_area</c>: chooses where a map of the file goes; not asked for MAP_FIXED. Called before <c>mmap</c>, and when mremap() moves a map.
/// The kernel's own choice is <c>get_unmapped_area(NULL, ...)</c>. What is mapped at the address already is unmapped: a driver must know that it is free.</summary>
/// <param name="filp">The file.</param>
/// <param name="address">The process's wish; null: none.</param>
/// <param name="length">Bytes, whole pages.</param>
/// <param name="pgoff">The offset in the file, in pages.</param>
/// <param name="flags">The flags of mmap(), MAP_*.</param>
/// <returns>The address, a page boundary, or a negated errno. One inside a page is EINVAL for the process, one without room below TASK_SIZE ENOMEM.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult GetUnmappedAreaOperation(
    OpenFile filp, UserVirtualAddress address, [FromUser, Unit(AddressUnit.Bytes)] ulong length, [FromUser, Unit(AddressUnit.Pages)] ulong pgoff, ulong flags);

/// <summary><c>fasync</c>: somebody turns O_ASYNC on or off.</summary>
/// <returns>Negative: a negated errno, and the flag stays as it was.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult FasyncOperation(int fd, OpenFile filp, bool on);

/// <summary><c>fsync</c>: what has been written reaches the storage or the device before this returns.</summary>
/// <returns>0 or a negated errno.</returns>
[CalledIn(CallContext.Process)]
public delegate KernelResult FsyncOperation(OpenFile filp);

/// <summary>What an offset is counted from (<c>SEEK_*</c>).</summary>
public enum SeekWhence
{
    /// <summary><c>SEEK_SET</c>: the start of the file.</summary>
    Set,

    /// <summary><c>SEEK_CUR</c>: the position now.</summary>
    Current,

    /// <summary><c>SEEK_END</c>: the end of the file.</summary>
    End,
}
