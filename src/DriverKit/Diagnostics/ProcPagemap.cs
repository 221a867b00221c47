using System.Buffers.Binary;
using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;

namespace DriverKit.Diagnostics;

/// <summary>/proc/PID/pagemap: eight bytes for each page of the address space, at eight times its number.</summary>
/// <remarks><code>
///   63      62   61        60..57 56        55         54            5 4     0
///  +-------+----+---------+------+---------+----------+------------------------+
///  |present|swap|file or  |  0   |mapped   |soft-dirty|     frame number       |
///  |       |    |shared   |      |only here| (0 here) | swap: offset  |  area  |
///  +-------+----+---------+------+---------+----------+------------------------+
/// </code>
/// Source: fs/proc/task_mmu.c of Linux 6.18; Documentation/admin-guide/mm/pagemap.rst.</remarks>
internal sealed class ProcPagemap(UserProcess process)
{
    private const int EntrySize = sizeof(ulong);
    private const int ChunkEntries = 512;
    private const int SwapTypeBits = 5;
    private const ulong Present = 1ul << 63;
    private const ulong Swapped = 1ul << 62;
    private const ulong File = 1ul << 61;
    private const ulong MmapExclusive = 1ul << 56;

    /// <summary>What read() and lseek() do; the file has no others.</summary>
    public FileOperations Operations => new() { Read = Read, Llseek = Seek };

    /// <summary><c>pagemap_read</c>.</summary>
    /// <returns>Bytes; 0 behind the address space and when the process is gone; -EINVAL unless place and count are multiples of 8; -EFAULT.</returns>
    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (position % EntrySize != 0 || count % EntrySize != 0)
            return -Errno.EINVAL;
        if (!process.IsAlive)
            return 0;
        ulong pages = PageGeometry.AlignUp(process.Mm.TaskSize) >> PageGeometry.PageShift, page = (ulong)position / EntrySize;
        ulong end = page >= pages ? page : page + Math.Min(count / EntrySize, pages - page);
        ulong done = 0;
        Span<byte> bytes = stackalloc byte[ChunkEntries * EntrySize];
        for (; page < end; page += ChunkEntries)
        {
            Span<byte> chunk = bytes[..((int)Math.Min(ChunkEntries, end - page) * EntrySize)];
            Fill(page << PageGeometry.PageShift, chunk);
            if (process.Kernel.VirtualMemory.UserAccess.CopyTo(process.Kernel.Context.Task.Mm, buffer + done, chunk) != 0)
                return -Errno.EFAULT;
            done += (ulong)chunk.Length;
        }

        position += (long)done;
        return done;
    }

    /// <summary><c>mem_lseek</c>: from the start or from where it is.</summary>
    private static KernelResult Seek(OpenFile filp, long offset, SeekWhence whence)
    {
        if (whence == SeekWhence.End)
            return -Errno.EINVAL;
        return filp.FPos = whence == SeekWhence.Set ? offset : unchecked(filp.FPos + offset);
    }

    private void Fill(ulong start, Span<byte> chunk)
    {
        PageTables tables = process.Kernel.VirtualMemory.Tables;
        chunk.Clear();
        ulong end = start + ((ulong)chunk.Length / EntrySize << PageGeometry.PageShift), address = start;
        for (; tables.NextEntry(process.Mm, ref address, end, out PhysicalAddress where); address += PageGeometry.PageSize)
            BinaryPrimitives.WriteUInt64LittleEndian(chunk[((int)((address - start) >> PageGeometry.PageShift) * EntrySize)..], Describe(tables, tables.Read(where)));
    }

    /// <summary><c>pte_to_pagemap_entry</c>.</summary>
    private static ulong Describe(PageTables tables, PageTableEntry entry)
    {
        if (!entry.IsResident)
        {
            SwapEntry block = SwapEntry.Of(entry);
            return Swapped | (block.Offset << SwapTypeBits) | (uint)block.Type;
        }

        Page? page = tables.NormalPage(entry);
        return Present | entry.Pfn.Value | (page is { IsAnonymous: false } ? File : 0) | (page is { Mapcount: 1 } ? MmapExclusive : 0);
    }
}
