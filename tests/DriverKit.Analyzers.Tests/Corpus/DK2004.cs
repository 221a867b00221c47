// DK2004 Bytes, pages and frames mixed

//// buggy page_offset_added_to_bytes
// The shift is missing: page 1 is byte 4096, not byte 1.
internal static class Aperture
{
    private const ulong Size = 1 << 20;

    public static bool Fits(VmAreaStruct vma) =>
        vma.Length <= Size && vma.VmPgoff + vma.Length <= Size; // DK2004
}

//// correct page_offset_shifted_and_subtracted
internal static class Aperture
{
    private const ulong Size = 1 << 20;

    public static bool Fits(VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        return offset < Size && vma.Length <= Size - offset;
    }
}

//// buggy nopage_adds_pages_to_the_distance
// uio 02683ffdf655 and kin compute the place in nopage; here in bytes on the left and in pages on the right.
internal static class Ring
{
    private static Page? PageAt(KernelVirtualAddress ring, VmAreaStruct vma, UserVirtualAddress address)
    {
        ulong offset = (address - vma.VmStart) + vma.VmPgoff; // DK2004
        return offset < 64 * 1024 ? VmallocToPage(ring + offset) : null;
    }
}

//// correct nopage_adds_bytes_to_the_distance
internal static class Ring
{
    private static Page? PageAt(KernelVirtualAddress ring, VmAreaStruct vma, UserVirtualAddress address)
    {
        ulong offset = (address - vma.VmStart) + (vma.VmPgoff << PageShift);
        return offset < 64 * 1024 ? VmallocToPage(ring + offset) : null;
    }
}

//// buggy shifted_twice
internal static class Window
{
    public static UserVirtualAddress End(VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        return vma.VmStart + (offset << PageShift); // DK2004
    }
}

//// correct shifted_once_each_way
internal static class Window
{
    public static ulong Pages(VmAreaStruct vma)
    {
        ulong offset = vma.VmPgoff << PageShift;
        return (offset + vma.Length) >> PageShift;
    }
}

//// buggy frame_number_made_of_an_address
internal static class Frames
{
    public static Page? Find(PhysicalAddress at)
    {
        var frame = new Pfn(at.Value); // DK2004
        return PfnValid(frame) ? PfnToPage(frame) : null;
    }
}

//// correct frame_number_of_an_address
internal static class Frames
{
    public static Page? Find(PhysicalAddress at)
    {
        var frame = new Pfn(at.Value >> PageShift);
        return PfnValid(frame) ? PfnToPage(frame) : null;
    }
}

//// buggy address_made_of_a_frame_number
internal static class Identity
{
    public static KernelLogicalAddress Map(Page page)
    {
        ulong number = PageToPfn(page).Value;
        return Va(new PhysicalAddress(number)); // DK2004
    }
}

//// correct address_of_a_frame_number
internal static class Identity
{
    public static KernelLogicalAddress Map(Page page)
    {
        ulong number = PageToPfn(page).Value;
        return Va(new PhysicalAddress(number << PageShift));
    }
}

//// buggy pages_where_a_function_wants_bytes
internal static class Shadow
{
    public static KernelVirtualAddress New(VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        return pages <= 256 ? Vmalloc(pages) : default; // DK2004
    }
}

//// correct bytes_where_a_function_wants_bytes
internal static class Shadow
{
    public static KernelVirtualAddress New(VmAreaStruct vma)
    {
        ulong pages = vma.Length >> PageShift;
        return pages <= 256 ? Vmalloc(pages * PageSize) : default;
    }
}

//// buggy through_a_helper_with_a_unit
internal static class Cache
{
    public static bool Touches(VmAreaStruct vma) => IsInside(vma.VmPgoff, vma); // DK2004

    private static bool IsInside(ulong bytes, VmAreaStruct vma) => bytes < vma.Length;
}

//// correct through_a_helper_with_bytes
internal static class Cache
{
    public static bool Touches(VmAreaStruct vma) => IsInside(vma.VmPgoff << PageShift, vma);

    private static bool IsInside(ulong bytes, VmAreaStruct vma) => bytes < vma.Length;
}

//// buggy address_moved_by_pages
internal static class Buffer
{
    public static KernelVirtualAddress At(KernelVirtualAddress buffer, VmAreaStruct vma) =>
        buffer + vma.VmPgoff; // DK2004
}

//// correct address_moved_by_bytes
internal static class Buffer
{
    public static KernelVirtualAddress At(KernelVirtualAddress buffer, VmAreaStruct vma) =>
        buffer + vma.VmPgoff * PageSize;
}

//// buggy frames_compared_with_an_address
internal static class Limit
{
    public static bool IsAbove(Page page, PhysicalAddress limit) => page.Pfn.Value >= limit.Value; // DK2004
}

//// correct frames_compared_with_frames
internal static class Limit
{
    public static bool IsAbove(Page page, PhysicalAddress limit) => page.Pfn.Value >= limit.Value >> PageShift;
}

//// correct pages_and_frames_are_one_step
// simple.c: the offset of the map is the frame, in pages both.
internal static class Simple
{
    public static Page? PageAt(VmAreaStruct vma, UserVirtualAddress address)
    {
        Pfn frame = new Pfn(vma.VmPgoff) + ((address - vma.VmStart) >> PageShift);
        return PfnValid(frame) ? PfnToPage(frame) : null;
    }
}

//// correct multiplied_divided_and_masked
internal static class Sizes
{
    public static ulong Pages(VmAreaStruct vma, PhysicalAddress start)
    {
        ulong bytes = PageAlign(vma.Length) + start.PageOffset;
        ulong pages = (bytes + PageSize - 1) / PageSize;
        if (pages > 16 || vma.VmPgoff != 0 || vma.Length == PageSize)
            return vma.VmPgoff + pages;
        return vma.VmPgoff + (pages & 3) + (start.Value >> PageShift);
    }
}
