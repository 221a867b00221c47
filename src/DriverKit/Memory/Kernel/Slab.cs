using System.Numerics;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Kernel;

/// <summary>One block of pages cut into objects of one cache. Which objects are free stands in a bitmap beside it, so no stray store of a driver can damage it.</summary>
internal sealed class Slab
{
    private readonly ulong[] _free;

    public Slab(KmemCache cache, Page firstPage, KernelLogicalAddress start)
    {
        Cache = cache;
        FirstPage = firstPage;
        Start = start;
        Free = cache.ObjectsPerSlab;
        _free = new ulong[(Free + 63) / 64];
        for (int i = 0; i < Free; i++)
            _free[i >> 6] |= 1ul << (i & 63);
    }

    public KmemCache Cache { get; }

    public Page FirstPage { get; }

    public KernelLogicalAddress Start { get; }

    /// <summary>Objects that are free.</summary>
    public int Free { get; private set; }

    public bool IsEmpty => Free == Cache.ObjectsPerSlab;

    public KernelLogicalAddress Take()
    {
        int word = 0;
        while (_free[word] == 0)
            word++;
        int index = word * 64 + BitOperations.TrailingZeroCount(_free[word]);
        _free[word] &= _free[word] - 1;
        Free--;
        return Start + (ulong)index * Cache.Stride;
    }

    /// <summary>Whether the address is the start of an object that is in use; only then may it be freed.</summary>
    public ObjectState StateOf(KernelLogicalAddress address)
    {
        ulong offset = address - Start;
        ulong index = offset / Cache.Stride;
        if (offset % Cache.Stride != 0 || index >= (ulong)Cache.ObjectsPerSlab)
            return ObjectState.NotAnObject;
        return (_free[index >> 6] >> (int)(index & 63) & 1) != 0 ? ObjectState.Free : ObjectState.InUse;
    }

    /// <summary>Whether the address lies in an object that nobody has.</summary>
    public bool IsFree(KernelLogicalAddress address)
    {
        ulong index = (address - Start) / Cache.Stride;
        return index < (ulong)Cache.ObjectsPerSlab && (_free[index >> 6] >> (int)(index & 63) & 1) != 0;
    }

    public void Give(KernelLogicalAddress address)
    {
        ulong index = (address - Start) / Cache.Stride;
        _free[index >> 6] |= 1ul << (int)(index & 63);
        Free++;
    }

    internal enum ObjectState
    {
        NotAnObject,
        Free,
        InUse,
    }
}
