using System.Runtime.InteropServices;
using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>What the processor does for a load or store of a process: TLB, page-table walk, page fault, and again.</summary>
internal sealed class UserMemory(Machine machine, FaultHandler faults, MmapSem mmapSem)
{
    /// <summary>Times an access may fault in a row before it is clear that it always will.</summary>
    private const int MaxFaults = 2000;

    /// <summary>The path behind a TLB miss: values that cross a page, registers, and everything that has to be translated first.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">The address; need not be aligned.</param>
    /// <param name="value">Where the value goes to or comes from.</param>
    /// <param name="access">Load or store.</param>
    /// <param name="fault">The address that failed.</param>
    public FaultResult Access(MmStruct mm, UserVirtualAddress address, Span<byte> value, AccessType access, out UserVirtualAddress fault)
    {
        while (!value.IsEmpty)
        {
            Span<byte> memory = mm.Tlb.Bytes(address.Value, access, (ulong)value.Length);
            if (memory.IsEmpty)
            {
                FaultResult result = Translate(mm, address, access, out PageTableEntry entry);
                if (result > FaultResult.Major)
                {
                    fault = address;
                    return result;
                }

                memory = mm.Tlb.Bytes(address.Value, access, (ulong)value.Length);
                if (memory.IsEmpty)
                {
                    int inPage = (int)Math.Min((uint)value.Length, PageGeometry.PageSize - address.PageOffset);
                    OnTheBus(entry, address, value[..inPage], access);
                    value = value[inPage..];
                    address += (ulong)inPage;
                    continue;
                }
            }

            if (access == AccessType.Store)
                value[..memory.Length].CopyTo(memory);
            else
                memory.CopyTo(value);
            value = value[memory.Length..];
            address += (ulong)memory.Length;
        }

        fault = default;
        return FaultResult.Minor;
    }

    /// <summary>One load or store of a value. A store that crosses into a page it may not touch changes nothing, as on the processor.</summary>
    public FaultResult AccessValue(MmStruct mm, UserVirtualAddress address, Span<byte> value, AccessType access, out UserVirtualAddress fault)
    {
        UserVirtualAddress last = address + (long)(value.Length - 1);
        if (access == AccessType.Store && last.PageAlignDown != address.PageAlignDown)
        {
            for (UserVirtualAddress page = address; page <= last; page = page.PageAlignDown + PageGeometry.PageSize)
            {
                FaultResult result = Translate(mm, page, access, out _);
                fault = page;
                if (result > FaultResult.Major)
                    return result;
            }
        }

        return Access(mm, address, value, access, out fault);
    }

    /// <summary>Walks the page tables until the access goes through, resolving faults; fills the TLB if memory is behind the page.</summary>
    public FaultResult Translate(MmStruct mm, UserVirtualAddress address, AccessType access, out PageTableEntry entry)
    {
        for (int attempt = 0; attempt < MaxFaults; attempt++)
        {
            if (machine.PageTables.TranslateUser(mm.Pgd, address.Value, access, out entry) is null)
            {
                if (machine.Bus.TryGetMemory(entry.Pfn, out byte[] memory, out int offset))
                    mm.Tlb.Insert(address.Value, memory, offset, stores: entry is { IsDirty: true, IsWritable: true });
                return FaultResult.Minor;
            }

            FaultResult result = Fault(mm, address, access);
            if (result > FaultResult.Major)
            {
                entry = default;
                return result;
            }
        }

        VmAreaStruct vma = mm.FindVma(address)!;
        throw new KernelOopsException(
            $"The {access.ToString().ToLowerInvariant()} at {address} faults for ever: the entry that was installed does not allow it. Area {vma}, vm_page_prot 0x{vma.VmPageProt.Bits:x}");
    }

    private FaultResult Fault(MmStruct mm, UserVirtualAddress address, AccessType access)
    {
        using MmapSem.Held held = mmapSem.ReadForFault(mm, address);
        return faults.Handle(mm, address, access);
    }

    /// <summary>Copies without handling faults, as the <c>_inatomic</c> functions do.</summary>
    /// <returns>Bytes copied before the first page that is not present.</returns>
    public int CopyPresent(MmStruct mm, UserVirtualAddress address, Span<byte> value, AccessType access)
    {
        int done = 0;
        while (done < value.Length)
        {
            UserVirtualAddress at = address + (long)done;
            if (at.Value >= mm.TaskSize || machine.PageTables.TranslateUser(mm.Pgd, at.Value, access, out _) is not null)
                break;
            int length = (int)Math.Min((uint)(value.Length - done), PageGeometry.PageSize - at.PageOffset);
            Access(mm, at, value.Slice(done, length), access, out _);
            done += length;
        }

        return done;
    }

    /// <summary>Registers: the access goes out in its own width if it is naturally aligned, else byte by byte.</summary>
    private void OnTheBus(PageTableEntry entry, UserVirtualAddress address, Span<byte> value, AccessType access)
    {
        PhysicalAddress physical = entry.Pfn.ToPhysical() + address.PageOffset;
        int width = value.Length is 1 or 2 or 4 or 8 && physical.Value % (ulong)value.Length == 0 ? value.Length : 1;
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        for (int done = 0; done < value.Length; done += width)
        {
            Span<byte> part = value.Slice(done, width);
            if (access == AccessType.Store)
            {
                word.Clear();
                part.CopyTo(word);
                machine.Bus.Write(physical + done, width, MemoryMarshal.Read<ulong>(word));
            }
            else
            {
                MemoryMarshal.Write(word, machine.Bus.Read(physical + done, width));
                word[..width].CopyTo(part);
            }
        }
    }
}
