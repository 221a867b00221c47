using DriverKit.Contracts;
using DriverKit.Hardware;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary><c>kmap_atomic</c>: one page in one of the processor's own slots, with preemption off until it is unmapped.</summary>
/// <remarks>With the checks of CONFIG_DEBUG_HIGHMEM. Source: arch/i386/mm/highmem.c of Linux 2.6.20.</remarks>
public sealed class AtomicKmap
{
    private static readonly int Slots = Enum.GetValues<KmType>().Length;

    private readonly Machine _machine;
    private readonly MemoryMap _memoryMap;
    private readonly MemoryLayout _layout;
    private readonly KernelPageTables _tables;
    private readonly Page?[] _held;

    internal AtomicKmap(Machine machine, PhysicalMemory memory, KernelPageTables tables)
    {
        _machine = machine;
        _memoryMap = memory.MemoryMap;
        _layout = memory.Layout;
        _tables = tables;
        _held = new Page?[Slots * machine.Cpus.Count];
        for (int i = 0; i < _held.Length; i++)
        {
            if (!tables.TryMap(AddressOf(i), new(0), default))
                throw new KernelOopsException("No memory for the page table of the fixed mappings");
        }
    }

    /// <summary><c>kmap_atomic</c>: never sleeps; the caller is atomic until <see cref="Unmap"/>. A page of low memory needs no slot.</summary>
    /// <exception cref="KernelOopsException">The slot is taken, the page is free, or there is no such slot.</exception>
    public KernelVirtualAddress Map(Page page, KmType type)
    {
        int slot = SlotOf(type);
        _memoryMap.Verify(page, "kmap_atomic");
        if (page.Head.Count <= 0)
            throw new KernelOopsException($"kmap_atomic of a free page: {page}", KernelRule.UseAfterRelease);
        Cpu cpu = _machine.CurrentCpu;
        ulong address = page.Virtual.Value;
        if (page.IsHighMemory)
        {
            if (_held[slot] is { } busy)
                throw new KernelOopsException($"kernel BUG in kmap_atomic: slot {type} of CPU#{cpu.Id} already maps {busy.Pfn}; unmap it first or use another slot", KernelRule.KmapAtomicOrder);
            address = AddressOf(slot);
            _tables.TryMap(address, page.Pfn, PageProtection.Kernel);
            _tables.Tlb.FlushPage(address);
            _held[slot] = page;
        }

        cpu.AtomicKmapLevel = ++cpu.PreemptCount;
        cpu.AtomicKmaps++;
        return new(address);
    }

    /// <summary><c>kunmap_atomic</c>: takes the address that <see cref="Map"/> returned, and the same slot.</summary>
    /// <exception cref="KernelOopsException">Nothing is mapped, or the address is not this slot's.</exception>
    public void Unmap(KernelVirtualAddress address, KmType type)
    {
        int slot = SlotOf(type);
        Cpu cpu = _machine.CurrentCpu;
        if (cpu.AtomicKmaps == 0)
            throw new KernelOopsException($"kernel BUG in kunmap_atomic: CPU#{cpu.Id} holds no slot; one kunmap_atomic() for each kmap_atomic()", KernelRule.DoubleRelease);
        if (!_layout.IsLowMemory(address.Value))
        {
            if (_held[slot] is null || address.PageAlignDown.Value != AddressOf(slot))
            {
                throw new KernelOopsException(
                    $"kernel BUG in kunmap_atomic: {_layout.Pointer(address.Value)} is not what slot {type} of CPU#{cpu.Id} maps; pass the address and slot of the kmap_atomic()",
                    KernelRule.KunmapWrongArgument);
            }

            _tables.Unmap(AddressOf(slot));
            _held[slot] = null;
        }

        cpu.AtomicKmapLevel = Math.Min(cpu.AtomicKmapLevel, --cpu.PreemptCount);
        cpu.AtomicKmaps--;
    }

    /// <summary>Empties the processor's slots after an oops, so that the next process starts clean.</summary>
    internal void Reset(Cpu cpu)
    {
        for (int slot = cpu.Id * Slots; slot < (cpu.Id + 1) * Slots; slot++)
        {
            if (_held[slot] is null)
                continue;
            _tables.Unmap(AddressOf(slot));
            _held[slot] = null;
        }

        cpu.AtomicKmaps = 0;
    }

    private int SlotOf(KmType type) => (uint)type < (uint)Slots
        ? (int)type + Slots * _machine.CurrentCpu.Id
        : throw new KernelOopsException($"kernel BUG in kmap_atomic: there is no slot {(int)type}");

    private ulong AddressOf(int slot) => _layout.FixmapStart + (ulong)slot * PageGeometry.PageSize;
}
