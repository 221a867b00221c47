using System.Text;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Headers;

/// <summary><c>linux/seq_file.h</c>: texts that are made record by record. Process context; may sleep.</summary>
/// <remarks>Give seq_read, seq_lseek and seq_release to <see cref="FileOperations"/>, and call seq_open in its open. Source: fs/seq_file.c of Linux 2.6.20.</remarks>
public static class LinuxSeqFile
{
    /// <summary><c>SEQ_SKIP</c>: what show returns to print nothing of a record, whatever it has printed so far. Linux 2.6.27 has it.</summary>
    public const int SeqSkip = 1;

    /// <summary><c>SEQ_START_TOKEN</c>: what start returns for position 0 when a heading comes before the records.</summary>
    public static object SeqStartToken { get; } = new();

    /// <summary><c>seq_open(file, op)</c>: makes an opening a sequence file. Its private_data is the <see cref="SeqFile"/> from here on; pread() and pwrite() are refused.</summary>
    /// <returns>0.</returns>
    /// <exception cref="KernelOopsException">The driver's open has put something else into private_data.</exception>
    [MustCheck]
    [MightSleep]
    public static KernelResult SeqOpen(OpenFile filp, SeqOperations op)
    {
        _ = Kernel.Current("seq_open");
        SeqFiles.Open(filp, op);
        return 0;
    }

    /// <summary><c>seq_read(file, buf, size, ppos)</c>: the read operation.</summary>
    /// <returns>Bytes read, 0 at the end; -EFAULT; -ENOMEM when a record needs more than 128 KiB; or what start, next or show fail with.</returns>
    /// <exception cref="KernelOopsException">seq_open() was not called.</exception>
    [MightSleep]
    public static KernelResult SeqRead(OpenFile filp, UserVirtualAddress buffer, [Unit(AddressUnit.Bytes)] ulong count, ref long position) =>
        Kernel.Current("seq_read").SeqFiles.Read(filp, buffer, count, ref position);

    /// <summary><c>seq_lseek(file, offset, origin)</c>: the llseek operation. It walks over the records from the first on.</summary>
    /// <returns>The position; -EINVAL for SEEK_END or a negative one; or what the walk fails with: then the file is at its start.</returns>
    /// <exception cref="KernelOopsException">seq_open() was not called.</exception>
    [MightSleep]
    public static KernelResult SeqLseek(OpenFile filp, long offset, SeekWhence whence) => Kernel.Current("seq_lseek").SeqFiles.Lseek(filp, offset, whence);

    /// <summary><c>seq_release(inode, file)</c>: the release operation. Without it the buffer is lost.</summary>
    /// <returns>0.</returns>
    /// <exception cref="KernelOopsException">seq_open() was not called.</exception>
    [MightSleep]
    public static KernelResult SeqRelease(Inode inode, OpenFile filp)
    {
        Kernel.Current("seq_release").SeqFiles.Release(filp);
        return 0;
    }

    /// <summary><c>single_open(file, show, data)</c>: a sequence of one record.</summary>
    /// <param name="filp">The opening.</param>
    /// <param name="show">Prints the text.</param>
    /// <param name="data">For <see cref="SeqFile.Private"/>.</param>
    /// <returns>0.</returns>
    /// <exception cref="KernelOopsException">The driver's open has put something into private_data.</exception>
    [MustCheck]
    [MightSleep]
    public static KernelResult SingleOpen(OpenFile filp, SeqShow show, object? data = null)
    {
        _ = Kernel.Current("single_open");
        SeqFiles.Open(filp, new SeqOperations { Start = SingleStart, Next = SingleNext, Stop = (_, _) => { }, Show = show });
        ((SeqFile)filp.PrivateData!).Private = data;
        return 0;
    }

    /// <summary><c>single_release(inode, file)</c>: the release operation that belongs to single_open().</summary>
    /// <returns>0.</returns>
    /// <exception cref="KernelOopsException">single_open() was not called.</exception>
    [MightSleep]
    public static KernelResult SingleRelease(Inode inode, OpenFile filp)
    {
        Kernel.Current("single_release").SeqFiles.Release(filp);
        return 0;
    }

    /// <summary><c>seq_printf(m, fmt, …)</c>: prints a text, as a C# string with what it holds in braces. Every context.</summary>
    /// <returns>0; -1 when it does not fit: nothing is printed then, and show is called again with more room. Drivers need not look.</returns>
    public static int SeqPrintf(SeqFile m, string text) => Kernel.Current("seq_printf").SeqFiles.Write(m, text);

    /// <summary><c>seq_puts(m, s)</c>: prints a text. Every context.</summary>
    /// <returns>0; -1 when it does not fit: nothing is printed then, and show is called again with more room. Drivers need not look.</returns>
    public static int SeqPuts(SeqFile m, string text) => Kernel.Current("seq_puts").SeqFiles.Write(m, text);

    /// <summary><c>seq_putc(m, c)</c>: prints one byte. Every context.</summary>
    /// <returns>0; -1 when it does not fit.</returns>
    public static int SeqPutc(SeqFile m, char c) => Kernel.Current("seq_putc").SeqFiles.Write(m, unchecked((byte)c));

    /// <summary><c>seq_escape(m, s, esc)</c>: prints a text; of its bytes, those in <paramref name="esc"/> as a backslash and three octal digits. Every context.</summary>
    /// <returns>0; -1 when it does not fit.</returns>
    public static int SeqEscape(SeqFile m, string text, string esc)
    {
        var escaped = new StringBuilder();
        foreach (char c in text)
            escaped.Append(esc.Contains(c) ? "\\" + Convert.ToString(c, 8).PadLeft(3, '0') : c);
        return Kernel.Current("seq_escape").SeqFiles.Write(m, escaped.ToString());
    }

    private static object? SingleStart(SeqFile m, ref long position) => position == 0 ? SeqStartToken : null;

    private static object? SingleNext(SeqFile m, object v, ref long position)
    {
        position++;
        return null;
    }
}
