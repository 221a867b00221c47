// DK2008 Arguments of a user copy swapped

//// buggy both_swapped_by_casts
// memcpy's order in the head: usercopy_kunit calls it "illegal reversed copy_to_user".
internal static class Text
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelLogicalAddress text, ulong count)
    {
        count = Math.Min(count, 64);
        return CopyToUser(new UserVirtualAddress(text.Value), new KernelVirtualAddress(buffer.Value), count) == 0 ? count : -EFAULT; // DK2008
    }
}

//// correct in_their_places
internal static class Text
{
    public static KernelResult Read(UserVirtualAddress buffer, KernelLogicalAddress text, ulong count)
    {
        count = Math.Min(count, 64);
        return CopyToUser(buffer, text, count) == 0 ? count : -EFAULT;
    }
}

//// buggy user_address_where_the_kernel_buffer_belongs
internal static class Move
{
    public static KernelResult Within(UserVirtualAddress from, UserVirtualAddress to)
    {
        var target = new KernelVirtualAddress(to.Value);
        return CopyFromUser(target, from, 128) == 0 ? 0 : -EFAULT; // DK2008
    }
}

//// correct by_way_of_a_kernel_buffer
internal static class Move
{
    public static KernelResult Within(UserVirtualAddress from, UserVirtualAddress to)
    {
        KernelLogicalAddress copy = Kmalloc(128, GfpFlags.Kernel);
        if (copy.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(copy, from, 128) == 0 && CopyToUser(to, copy, 128) == 0 ? 0 : -EFAULT;
        Kfree(copy);
        return result;
    }
}

//// buggy put_user_to_a_kernel_address
internal static class Counter
{
    public static KernelResult Publish(KernelLogicalAddress cell, uint value) =>
        PutUser(value, new UserVirtualAddress(cell.Value)).IsError ? -EFAULT : 0; // DK2008
}

//// correct store_to_a_kernel_address
internal static class Counter
{
    public static void Publish(KernelLogicalAddress cell, uint value) => Store(cell, value);
}

//// buggy helper_is_given_the_number
internal static class Answer
{
    public static KernelResult Give(KernelVirtualAddress scratch) =>
        Send(scratch.Value); // DK2008

    private static KernelResult Send(ulong address) =>
        ClearUser(new UserVirtualAddress(address), 16) == 0 ? 0 : -EFAULT;
}

//// correct helper_is_given_the_number_of_a_user_address
internal static class Answer
{
    public static KernelResult Give(UserVirtualAddress scratch) =>
        Send(scratch.Value);

    private static KernelResult Send(ulong address) =>
        ClearUser(new UserVirtualAddress(address), 16) == 0 ? 0 : -EFAULT;
}

//// buggy get_user_from_the_kernel_in_a_lambda
internal sealed class Reader
{
    private readonly Func<KernelLogicalAddress, KernelResult> _read = static cell =>
    {
        var at = new UserVirtualAddress(cell.Value);
        return GetUser(out uint value, at).IsError ? -EFAULT : value; // DK2008
    };

    public KernelResult Read(KernelLogicalAddress cell) => _read(cell);
}

//// correct load_from_the_kernel_in_a_lambda
internal sealed class Reader
{
    private readonly Func<KernelLogicalAddress, KernelResult> _read = static cell => Load<uint>(cell);

    public KernelResult Read(KernelLogicalAddress cell) => _read(cell);
}

//// buggy access_ok_of_a_kernel_address
internal static class Check
{
    public static bool IsOurs(KernelVirtualAddress area, ulong size)
    {
        ulong number = area.Value + 8;
        return AccessOk(new UserVirtualAddress(number), size); // DK2008
    }
}

//// correct access_ok_of_a_number_of_the_process
internal static class Check
{
    public static bool IsTheirs(ulong argument, ulong size)
    {
        ulong number = argument + 8;
        return AccessOk(new UserVirtualAddress(number), size);
    }
}

//// buggy source_and_target_of_a_field
internal sealed class Channel(UserVirtualAddress peer)
{
    private readonly ulong _peer = peer.Value;

    public KernelResult Send(UserVirtualAddress to) => CopyToUser(to, new KernelVirtualAddress(_peer), 32) == 0 ? 0 : -EFAULT; // DK2008
}

//// correct source_in_the_kernel
internal sealed class Channel(KernelLogicalAddress peer)
{
    private readonly ulong _peer = peer.Value;

    public KernelResult Send(UserVirtualAddress to) => CopyToUser(to, new KernelVirtualAddress(_peer), 32) == 0 ? 0 : -EFAULT;
}

//// correct offset_of_one_in_the_other
// The place in the page is a distance: it may go from one kind to the other.
internal static class Page0
{
    public static KernelResult Copy(UserVirtualAddress from, KernelVirtualAddress page)
    {
        var to = new KernelVirtualAddress(page.Value + from.PageOffset);
        return CopyFromUser(to, from, PageSize - from.PageOffset) == 0 ? 0 : -EFAULT;
    }
}
