using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary><c>do_execve</c> and <c>load_elf_binary</c>: a new address space with the program's segments, its bss, the heap behind it and the stack with its arguments.</summary>
/// <remarks>Everything that can fail is done before the old program goes, so a failed call leaves it as it was. Source: fs/exec.c and fs/binfmt_elf.c of
/// Linux 2.6.20; execve(2).</remarks>
internal sealed class ProgramLoader(ProcessTable kernel)
{
    /// <summary>The set-group bit counts only with this.</summary>
    private const UnixFileMode SetsGroup = UnixFileMode.SetGroup | UnixFileMode.GroupExecute;

    private VirtualMemory Memory => kernel.VirtualMemory;

    /// <summary>Replaces the program of a process.</summary>
    /// <returns>0; -ENOENT, -ENOTDIR, -ENAMETOOLONG; -EACCES when it is no file or may not be executed; -ETXTBSY when somebody has it open for writing; -ENOEXEC; -E2BIG; -ENOMEM.</returns>
    public KernelResult Execute(UserProcess process, string path, IReadOnlyList<string> argv, IReadOnlyList<string> envp)
    {
        if (PathWalk.Resolve(process.Fs, path, out Dentry? found) is { IsError: true } unknown)
            return unknown;
        if (found!.Inode is not { Type: InodeType.Regular, IMapping: not null } inode || Permission.Check(process.Fs, inode, Vfs.FileAccess.Execute).IsError)
            return -Errno.EACCES;
        if (inode.IWritecount > 0)
            return -Errno.ETXTBSY;
        if (kernel.FileSystems.Open(found, OpenFlags.ReadOnly, isNew: false, out OpenFile? file) is { IsError: true } error)
            return error;
        MmStruct? mm = null;
        try
        {
            KernelResult result = Load(process, file!, path, argv, envp, out mm);
            if (result.IsError)
                return result;
        }
        finally
        {
            file!.Put();
        }

        // de_thread.
        kernel.KillThreads(process);
        MmStruct old = process.Mm;
        process.UnshareFiles();
        process.Become(mm!, path);
        bool setsGroup = (inode.IMode & SetsGroup) == SetsGroup;
        process.Cred.Execute((inode.IMode & UnixFileMode.SetUser) != 0 ? inode.IUid : null, setsGroup ? inode.IGid : null);
        kernel.Release(old);
        process.Files.CloseOnExec();
        return 0;
    }

    private KernelResult Load(UserProcess process, OpenFile file, string path, IReadOnlyList<string> argv, IReadOnlyList<string> envp, out MmStruct? mm)
    {
        mm = null;
        if (ReadHeaders(file.Inode, out ElfImage? image) is { IsError: true } malformed)
            return malformed;
        if (kernel.NewAddressSpace(process.Limits) is not { } fresh)
            return -Errno.ENOMEM;
        KernelResult result = Fill(fresh, image!, file, path, argv, envp);
        if (result.IsError)
            Memory.AddressSpaces.Exit(fresh);
        else
            mm = fresh;
        return result;
    }

    private KernelResult Fill(MmStruct mm, ElfImage image, OpenFile file, string path, IReadOnlyList<string> argv, IReadOnlyList<string> envp)
    {
        UserVirtualAddress stackTop = mm.Mmap.First().VmEnd;
        KernelResult result = InitialStack.Build(
            image.Format, stackTop, mm.Limits.Of(RlimitResource.Stack), path, argv, envp, image.AuxiliaryVector, out InitialStack? stack);
        if (result.IsError)
            return result;
        foreach (ElfSegment segment in image.Segments)
        {
            if (MapSegment(mm, segment, file) is { IsError: true } error)
                return error;
        }

        mm.StartCode = image.StartCode;
        mm.EndCode = image.EndCode;
        mm.StartData = image.StartData;
        mm.EndData = image.EndData;
        mm.StartBrk = mm.Brk = image.StartBrk;
        mm.StartStack = stack!.StackPointer;
        mm.ArgStart = stack.ArgStart;
        mm.ArgEnd = stack.EnvStart;
        mm.EnvEnd = stack.EnvEnd;
        mm.SavedAuxv = [.. stack.Auxv.Select(entry => ((ulong)entry.Type, entry.Value))];
        mm.HasGate = true;
        mm.SetExeFile(file);
        return Store(mm, stack.StackPointer, stack.Bytes);
    }

    /// <summary><c>elf_map</c>, <c>padzero</c> and <c>set_brk</c>: the bytes of the file, private; behind them zeros.</summary>
    private KernelResult MapSegment(MmStruct mm, in ElfSegment segment, OpenFile file)
    {
        const MapFlags There = MapFlags.Private | MapFlags.Fixed | MapFlags.DenyWrite;
        Protection protection = ProtectionOf(segment.Flags);
        UserVirtualAddress start = new(segment.VirtualAddress), fileEnd = start + segment.FileSize, end = start + segment.MemorySize;
        if (segment.FileSize != 0)
        {
            ulong pgoff = (segment.Offset - start.PageOffset) >> PageGeometry.PageShift;
            KernelResult mapped = Memory.Mapper.Map(mm, start.PageAlignDown, fileEnd - start.PageAlignDown, protection, There, file, pgoff, out _);
            if (mapped.IsError)
                return mapped;
        }

        UserVirtualAddress bss = segment.FileSize != 0 ? fileEnd.PageAlignUp : start.PageAlignDown;
        if (end.PageAlignUp > bss)
        {
            KernelResult mapped = Memory.Mapper.Map(
                mm, bss, end.PageAlignUp - bss, protection, MapFlags.Private | MapFlags.Fixed | MapFlags.Anonymous, null, 0, out _);
            if (mapped.IsError)
                return mapped;
        }

        // What of the last page of the file lies behind the data belongs to the bss; a segment that cannot be written has none.
        bool hasTail = segment.FileSize != 0 && segment.MemorySize > segment.FileSize && (protection & Protection.Write) != 0;
        return hasTail ? Store(mm, fileEnd, new byte[fileEnd.PageAlignUp - fileEnd]) : 0;
    }

    private KernelResult Store(MmStruct mm, UserVirtualAddress address, byte[] bytes) =>
        Memory.UserMemory.Access(mm, address, bytes, AccessType.Store, out _) switch
        {
            <= FaultResult.Major => 0,
            FaultResult.OutOfMemory => -Errno.ENOMEM,
            _ => -Errno.EFAULT,
        };

    /// <summary>The header, then the program headers, and nothing else of the file.</summary>
    private KernelResult ReadHeaders(Inode inode, out ElfImage? image)
    {
        image = null;
        ulong size = (ulong)inode.ISize;
        byte[] start = new byte[Math.Min(size, (ulong)ElfLoader.HeaderSize)];
        if (!TryRead(inode, 0, start))
            return -Errno.ENOMEM;
        if (ElfLoader.FindHeaders(start, size, kernel.Memory.Layout, out ulong offset, out int length) is { IsError: true } noProgram)
            return noProgram;
        byte[] headers = new byte[length];
        return TryRead(inode, offset, headers) ? ElfLoader.Parse(start, headers, size, kernel.Memory.Layout, out image) : -Errno.ENOMEM;
    }

    /// <summary><c>kernel_read</c>, by way of the page cache; false without memory.</summary>
    private bool TryRead(Inode inode, ulong offset, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Memory.PageCache.FindOrRead(inode.IMapping!, offset >> PageGeometry.PageShift, out _) is not { } page)
                return false;
            ReadOnlySpan<byte> there = kernel.FrameOf(page)[(int)(offset & (PageGeometry.PageSize - 1))..];
            there = there[..Math.Min(there.Length, bytes.Length)];
            there.CopyTo(bytes);
            bytes = bytes[there.Length..];
            offset += (ulong)there.Length;
        }

        return true;
    }

    private static Protection ProtectionOf(ElfSegmentFlags flags) =>
        ((flags & ElfSegmentFlags.Read) != 0 ? Protection.Read : 0)
        | ((flags & ElfSegmentFlags.Write) != 0 ? Protection.Write : 0)
        | ((flags & ElfSegmentFlags.Execute) != 0 ? Protection.Exec : 0);
}
