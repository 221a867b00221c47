using System.Buffers.Binary;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;

namespace DriverKit.Diagnostics;

/// <summary>Files of /proc/PID that hold bytes and no text: cmdline and auxv. They are empty when the process is gone.</summary>
/// <remarks>Source: fs/proc/base.c of Linux 6.18; proc_pid_cmdline(5), proc_pid_auxv(5).</remarks>
internal sealed class ProcBytes(UserProcess process, Func<MmStruct, byte[]> contents)
{
    /// <summary>What read() does; the file has nothing else.</summary>
    public FileOperations Operations => new() { Read = Read };

    /// <summary><c>proc_pid_cmdline_read</c>: the arguments, each with its zero, as they are on the stack now.</summary>
    public static byte[] Cmdline(MmStruct mm, MemoryPeek peek)
    {
        byte[] arguments = new byte[mm.ArgEnd - mm.ArgStart];
        return arguments[..peek.Read(mm, mm.ArgStart, arguments)];
    }

    /// <summary><c>auxv_read</c>: <c>saved_auxv</c>, in words of the machine.</summary>
    public static byte[] Auxv(MmStruct mm)
    {
        int word = mm.Layout.PointerSize;
        byte[] bytes = new byte[mm.SavedAuxv.Length * 2 * word + sizeof(ulong)];
        for (int i = 0; i < mm.SavedAuxv.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(2 * i * word), mm.SavedAuxv[i].Type);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan((2 * i + 1) * word), mm.SavedAuxv[i].Value);
        }

        return bytes[..^sizeof(ulong)];
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        byte[] bytes = process.IsAlive ? contents(process.Mm) : [];
        if (position >= bytes.Length)
            return 0;
        int length = (int)Math.Min(count, (ulong)(bytes.Length - position));
        int copied = length - (int)process.Kernel.VirtualMemory.UserAccess.CopyTo(process.Kernel.Context.Task.Mm, buffer, bytes.AsSpan((int)position, length));
        if (copied == 0 && length != 0)
            return -Errno.EFAULT;
        position += copied;
        return copied;
    }
}
