using DriverKit.Contracts;

namespace DriverKit.Memory.Cache;

/// <summary>Shared anonymous memory: a file whose pages start as zeros (<c>shmem_aops</c>, mm/shmem.c).</summary>
internal sealed class ShmemOperations : IAddressSpaceOperations
{
    public bool IsSwapBacked => true;

    public bool ReadPage(AddressSpace mapping, ulong index, Span<byte> frame) => false;

    public bool WritePage(AddressSpace mapping, ulong index, ReadOnlySpan<byte> frame) => false;

    public void Discard(AddressSpace mapping, ulong first)
    {
    }
}
