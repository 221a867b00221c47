using DriverKit.Contracts;
using DriverKit.Locking;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>What happens to an attribute as a file: its value is shown once an opening, at most a page; each write stores one.</summary>
/// <remarks>Source: fs/sysfs/file.c of Linux 2.6.20.</remarks>
internal sealed class SysfsFiles
{
    private const UnixFileMode AnyRead = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private readonly KernelContext _context;
    private readonly PageAllocator _allocator;
    private readonly KernelAddressSpace _memory;
    private readonly UserAccess _userAccess;
    private readonly FileOperations _operations;

    public SysfsFiles(KernelContext context, PageAllocator allocator, KernelAddressSpace memory, UserAccess userAccess)
    {
        _context = context;
        _allocator = allocator;
        _memory = memory;
        _userAccess = userAccess;
        _operations = new FileOperations { Read = Read, Write = Write, Release = Release };
        Operations = new FileOperations { Open = Open };
    }

    /// <summary>What opening an attribute starts with.</summary>
    public FileOperations Operations { get; }

    /// <summary><c>check_perm</c>: even root opens an attribute only for what its mode has. The module stays while it is open.</summary>
    private KernelResult Open(Inode inode, OpenFile filp)
    {
        SysfsAttribute attribute = Of(filp);
        if (((filp.FMode & FileModes.Write) != 0 && (inode.IMode & AnyWrite) == 0) || ((filp.FMode & FileModes.Read) != 0 && (inode.IMode & AnyRead) == 0))
            return -Errno.EACCES;
        filp.PrivateData = new SysfsBuffer();
        return ModuleCode.Open(inode, filp, _operations, attribute.Owner, Errno.ENODEV);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        var page = (SysfsBuffer)filp.PrivateData!;
        using KernelMutex.Held held = Hold(filp, page);
        if (page.NeedsFill && Fill(Of(filp), page) is { IsError: true } error)
            return error;
        if (position >= (long)page.Count)
            return 0;
        ulong length = Math.Min(count, page.Count - (ulong)position);
        if (_userAccess.CopyTo(_context.Task.Mm, buffer, Address(page) + position, length) != 0)
            return -Errno.EFAULT;
        position += (long)length;
        return length;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        var page = (SysfsBuffer)filp.PrivateData!;
        using KernelMutex.Held held = Hold(filp, page);
        if (!HasPage(page))
            return -Errno.ENOMEM;
        ulong length = Math.Min(count, PageGeometry.PageSize - 1);
        bool isBad = _userAccess.CopyFrom(_context.Task.Mm, Address(page), buffer, length) != 0;
        page.NeedsFill = true;
        if (isBad)
            return -Errno.EFAULT;
        _memory.Store(Address(page) + length, (byte)0);
        if (length == 0)
            return 0;
        KernelResult stored = Of(filp) is { IsRemoved: false } attribute ? attribute.Store(Address(page), length) : -Errno.ENODEV;
        if (stored.Value > 0)
            position += stored.Value;
        return stored;
    }

    /// <summary><c>down(&amp;buffer->sem)</c>. Of an opening that nobody shares there is one call at a time anyway.</summary>
    private KernelMutex.Held Hold(OpenFile filp, SysfsBuffer page) =>
        filp.FCount > 1 ? (page.Lock ??= new KernelMutex("of an attribute's buffer")).Hold(_context.Scheduler, "down") : default;

    /// <summary><c>fill_read_buffer</c>.</summary>
    private KernelResult Fill(SysfsAttribute attribute, SysfsBuffer page)
    {
        if (attribute.IsRemoved)
            return -Errno.ENODEV;
        if (!HasPage(page))
            return -Errno.ENOMEM;
        page.Count = 0;
        KernelResult shown = attribute.Show(Address(page));
        page.NeedsFill = false;
        if (shown.IsError)
            return shown;
        if (shown.Value is < 0 or > PageGeometry.PageSize)
            throw new KernelOopsException($"kernel BUG at fill_read_buffer(): show of {attribute.Name} returned {shown.Value}, and a value has at most {PageGeometry.PageSize} bytes");
        page.Count = (ulong)shown.Value;
        return 0;
    }

    private KernelResult Release(Inode inode, OpenFile filp)
    {
        if (((SysfsBuffer)filp.PrivateData!).Page is { } page)
            _allocator.Free(page, 0);
        return 0;
    }

    private bool HasPage(SysfsBuffer buffer) => (buffer.Page ??= _allocator.Allocate(GfpFlags.Kernel | GfpFlags.Zero, 0)) is not null;

    private static KernelLogicalAddress Address(SysfsBuffer buffer) => (KernelLogicalAddress)buffer.Page!.Virtual;

    private static SysfsAttribute Of(OpenFile filp) => (SysfsAttribute)filp.Inode.FileSystemData!;
}
