using DriverKit.Hardware;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary>A store buffer for each processor: what kernel code has stored, and neither devices nor other processors see yet. A barrier, an operation
/// on a lock or an atomic, an interrupt, a port access and leaving the kernel empty it; so does the 57th store.</summary>
/// <remarks>
/// RAM always holds what the processor that runs sees: its own stores. For a device, or when another processor has its turn, the stores that wait are taken
/// back, newest first, and made again, oldest first. So a load costs nothing, and a store a copy of what was there.
/// Only stores by addresses are seen, not those to fields of C# objects. Device registers are never buffered, and a store to one does not empty the
/// buffer: that is weaker than x86, where the processor keeps the order and only the compiler can break it, and what Documentation/memory-barriers.txt tells
/// drivers to expect.
/// </remarks>
internal sealed class StoreBuffers : IDisposable
{
    /// <summary>Stores a processor holds at most, as many as a Skylake has room for.</summary>
    private const int Capacity = 56;

    /// <summary>The longest store that is one entry.</summary>
    private const int MaxLength = (int)PageGeometry.PageSize;

    private readonly KernelAddressSpace _memory;
    private readonly List<PendingStore>[] _buffers;
    private int _cpu;
    private bool _isHidden;

    public StoreBuffers(Machine machine, KernelAddressSpace memory)
    {
        _memory = memory;
        _buffers = [.. machine.Cpus.Select(_ => new List<PendingStore>(Capacity))];
    }

    private List<PendingStore> Current => _buffers[_cpu];

    /// <summary>The processor that runs is about to store.</summary>
    public void BeforeStore(KernelVirtualAddress address, ReadOnlySpan<byte> old)
    {
        if (_isHidden)
            return;
        if (old.Length > MaxLength)
        {
            // It is seen at once, and nothing that was stored before may be seen after it.
            Drain();
            return;
        }

        if (Current.Count == Capacity)
            Current.RemoveAt(0);
        Current.Add(new PendingStore(address, old.ToArray()));
    }

    /// <summary>Everybody sees what the processor that runs has stored.</summary>
    public void Drain() => Current.Clear();

    /// <summary>Another processor has its turn.</summary>
    public void SwitchTo(int cpu)
    {
        if (cpu == _cpu)
            return;
        TakeBack(Current);
        _cpu = cpu;
        MakeAgain(Current);
    }

    /// <summary>A device looks at memory, until the result is disposed of: it does not see what waits.</summary>
    public IDisposable HideFromDevice()
    {
        TakeBack(Current);
        _isHidden = true;
        return this;
    }

    /// <summary>The device has looked.</summary>
    void IDisposable.Dispose()
    {
        _isHidden = false;
        MakeAgain(Current);
    }

    private void TakeBack(List<PendingStore> stores)
    {
        for (int i = stores.Count - 1; i >= 0; i--)
            Exchange(stores[i]);
    }

    private void MakeAgain(List<PendingStore> stores)
    {
        foreach (PendingStore store in stores)
            Exchange(store);
    }

    /// <summary>What is in memory and what is in the entry change places.</summary>
    private void Exchange(in PendingStore store)
    {
        Span<byte> memory = _memory.BytesOrNone(store.Address, (ulong)store.Bytes.Length);
        for (int i = 0; i < memory.Length; i++)
            (memory[i], store.Bytes[i]) = (store.Bytes[i], memory[i]);
    }

    private readonly record struct PendingStore(KernelVirtualAddress Address, byte[] Bytes);
}
