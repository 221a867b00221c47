using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Vfs;

/// <summary>A file whose contents are made when it is read from the start, as those of /proc are; some can be written.</summary>
internal sealed class TextDentry(Inode inode, Func<string>? read, Func<string, KernelResult>? write, bool ignoresPosition) : Dentry(inode)
{
    /// <summary>Each write is a value, wherever the file stands, and does not move it.</summary>
    public bool IgnoresPosition => ignoresPosition;

    public bool IsReadable => read is not null;

    public bool IsWritable => write is not null;

    public string Read() => read!();

    /// <summary>Takes a text.</summary>
    /// <returns>0 or a negated errno.</returns>
    public KernelResult Write(string text) => write!(text);
}

/// <summary>The file operations of texts.</summary>
/// <remarks>Source: fs/seq_file.c, fs/proc/proc_sysctl.c.</remarks>
internal sealed class TextFiles(KernelContext context, UserAccess userAccess, SuperBlock proc)
{
    private const UnixFileMode ReadMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>A text. Without a function for it, it cannot be opened for reading, or for writing.</summary>
    /// <param name="read">Makes the text.</param>
    /// <param name="write">Takes one.</param>
    /// <param name="ignoresPosition">A write is a value at any position; otherwise only at the start.</param>
    public TextDentry New(Func<string>? read, Func<string, KernelResult>? write = null, bool ignoresPosition = false)
    {
        Inode inode = proc.NewInode(InodeType.Regular, (read is null ? 0 : ReadMode) | (write is null ? 0 : UnixFileMode.UserWrite));
        var dentry = new TextDentry(inode, read, write, ignoresPosition);
        inode.IFop = new FileOperations { Read = Read, Write = Write };
        return dentry;
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (position == 0 || filp.PrivateData is not byte[] text)
            filp.PrivateData = text = Encoding.UTF8.GetBytes(((TextDentry)filp.FDentry!).Read());
        if (position >= text.Length)
            return 0;
        int length = (int)Math.Min(count, (ulong)(text.Length - position));
        int copied = length - (int)userAccess.CopyTo(context.Task.Mm, buffer, text.AsSpan((int)position, length));
        if (copied == 0 && length != 0)
            return -Errno.EFAULT;
        position += copied;
        return copied;
    }

    /// <summary><c>proc_sys_write</c>: one write is one value. Anywhere but at the start it is taken and ignored.</summary>
    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        Span<byte> text = stackalloc byte[(int)Math.Min(count, PageGeometry.PageSize - 1)];
        if (userAccess.CopyFrom(context.Task.Mm, text, buffer) != 0)
            return -Errno.EFAULT;
        var dentry = (TextDentry)filp.FDentry!;
        if ((position == 0 || dentry.IgnoresPosition) && count != 0 && dentry.Write(Encoding.UTF8.GetString(text)) is { IsError: true } error)
            return error;
        if (!dentry.IgnoresPosition)
            position += (long)count;
        return count;
    }
}
