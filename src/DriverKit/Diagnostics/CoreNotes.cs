using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;

namespace DriverKit.Diagnostics;

/// <summary>The notes of a core file: who the process is, its registers, what it was told at the start, and which files it maps.</summary>
/// <remarks>Layouts: <c>struct elf_prstatus</c> and <c>struct elf_prpsinfo</c> of <c>linux/elfcore.h</c>, <c>struct user_regs_struct</c> of
/// <c>asm/user.h</c>, on either class. Source: <c>elf_core_dump</c>, fs/binfmt_elf.c of Linux 2.6.20; NT_FILE, which debuggers need
/// for the list of mappings, is of 3.7.</remarks>
internal sealed class CoreNotes(ElfFormat format, MemoryPeek peek)
{
    private const uint Prstatus = 1;
    private const uint Prpsinfo = 3;
    private const uint Auxv = 6;
    private const uint File = 0x46494c45;

    /// <summary><c>ELF_PRARGSZ</c>.</summary>
    private const int ArgumentsSize = 80;

    /// <summary>The reserved bit 1 and IF: what EFLAGS hold while a program runs.</summary>
    private const ulong Eflags = 0x202;

    /// <summary>Every note for a process, one after another.</summary>
    public byte[] Of(UserProcess process, IReadOnlyCollection<VmAreaStruct> areas)
    {
        var notes = new CStructWriter(format.Is64Bit);
        Add(notes, Prstatus, Status(process));
        Add(notes, Prpsinfo, Info(process));
        Add(notes, Auxv, AuxiliaryVector(process.Mm));
        if (Files(areas) is { } files)
            Add(notes, File, files);
        return notes.ToArray();
    }

    /// <summary>A header of three words, the name and the contents, each padded to a word, in both classes.</summary>
    private static void Add(CStructWriter notes, uint type, byte[] contents)
    {
        ReadOnlySpan<byte> name = "CORE\0"u8;
        notes.Int((uint)name.Length);
        notes.Int((uint)contents.Length);
        notes.Int(type);
        notes.Bytes(name);
        notes.Align(sizeof(uint));
        notes.Bytes(contents);
        notes.Align(sizeof(uint));
    }

    /// <summary><c>struct elf_prstatus</c>: no signal, and the registers.</summary>
    private byte[] Status(UserProcess process)
    {
        CStructWriter status = New();
        for (int i = 0; i < 3; i++)
            status.Int(0); // pr_info: si_signo, si_code, si_errno
        status.Short(0); // pr_cursig
        status.Long(0); // pr_sigpend
        status.Long(0); // pr_sighold
        Ids(status, process);
        for (int i = 0; i < 4; i++)
        {
            status.Long(0); // pr_utime, pr_stime, pr_cutime, pr_cstime: tv_sec
            status.Long(0); // tv_usec
        }

        foreach (ulong register in Registers(process))
            status.Long(register);
        status.Int(0); // pr_fpvalid
        return status.ToStruct();
    }

    /// <summary>The model has no registers but what the program started with: its first instruction and the stack pointer.</summary>
    /// <remarks><c>struct user_regs_struct</c> ends with instruction pointer, cs, flags, stack pointer, ss, and on x86-64 the other segments.
    /// orig_ax is -1: the process is not in a system call.</remarks>
    private ulong[] Registers(UserProcess process)
    {
        ulong stackPointer = process.Mm.StartStack.Value;
        ulong instruction = process.Mm.SavedAuxv.FirstOrDefault(entry => entry.Type == (ulong)AuxType.Entry).Value;
        return format.Is64Bit
            ? [.. new ulong[15], ulong.MaxValue, instruction, 0x33, Eflags, stackPointer, 0x2b, 0, 0, 0, 0, 0, 0]
            : [.. new ulong[7], 0x7b, 0x7b, 0, 0, uint.MaxValue, instruction, 0x73, Eflags, stackPointer, 0x7b];
    }

    /// <summary><c>struct elf_prpsinfo</c>: what ps shows. The process runs as root.</summary>
    private byte[] Info(UserProcess process)
    {
        CStructWriter info = New();
        info.Char(0); // pr_state
        info.Char((byte)'R'); // pr_sname
        info.Char(0); // pr_zomb
        info.Char(0); // pr_nice
        info.Long(0); // pr_flag
        for (int i = 0; i < 2; i++)
        {
            if (format.Is64Bit)
                info.Int(0); // pr_uid, pr_gid
            else
                info.Short(0);
        }

        Ids(info, process);
        info.Chars(Encoding.UTF8.GetBytes(process.Task.Comm), 16);
        info.Chars(Arguments(process), ArgumentsSize);
        return info.ToStruct();
    }

    /// <summary><c>pr_psargs</c>: the start of the arguments, with blanks between them. A process that has executed no program has its name.</summary>
    private byte[] Arguments(UserProcess process)
    {
        MmStruct mm = process.Mm;
        byte[] arguments = new byte[(int)Math.Min(mm.ArgEnd - mm.ArgStart, ArgumentsSize - 1)];
        if (arguments.Length == 0)
            return Encoding.UTF8.GetBytes(process.Name);
        arguments = arguments[..peek.Read(mm, mm.ArgStart, arguments)];
        arguments.AsSpan().Replace((byte)0, (byte)' ');
        return arguments;
    }

    /// <summary><c>saved_auxv</c>, with the AT_NULL at its end.</summary>
    private byte[] AuxiliaryVector(MmStruct mm)
    {
        CStructWriter vector = New();
        foreach ((ulong type, ulong value) in mm.SavedAuxv)
        {
            vector.Long(type);
            vector.Long(value);
        }

        return vector.ToArray();
    }

    /// <summary>NT_FILE: count and page size, then for each area its range and its offset in pages, then all the paths. Null without any.</summary>
    private byte[]? Files(IReadOnlyCollection<VmAreaStruct> areas)
    {
        VmAreaStruct[] mapped = [.. areas.Where(area => area.VmFile is not null)];
        if (mapped.Length == 0)
            return null;
        CStructWriter files = New();
        files.Long((ulong)mapped.Length);
        files.Long(PageGeometry.PageSize);
        foreach (VmAreaStruct area in mapped)
        {
            files.Long(area.VmStart.Value);
            files.Long(area.VmEnd.Value);
            files.Long(area.VmPgoff);
        }

        foreach (VmAreaStruct area in mapped)
        {
            files.Bytes(Encoding.UTF8.GetBytes(area.VmFile!.Path));
            files.Char(0);
        }

        return files.ToArray();
    }

    /// <summary>pid, parent, group and session; the model has processes only.</summary>
    private static void Ids(CStructWriter writer, UserProcess process)
    {
        writer.Int((uint)process.Pid);
        writer.Int((uint)process.Task.Ppid);
        writer.Int(0); // pr_pgrp
        writer.Int(0); // pr_sid
    }

    private CStructWriter New() => new(format.Is64Bit);
}
