// DK5006 Uninitialised memory given to user space

//// buggy allocated_and_copied_out
internal static class Blob
{
    public static KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress blob = Kmalloc(256, GfpFlags.Kernel);
        if (blob.IsNull)
            return -ENOMEM;
        ulong left = CopyToUser(buffer, blob, 256); // DK5006
        Kfree(blob);
        return left == 0 ? 256 : -EFAULT;
    }
}

//// correct allocated_zeroed_and_copied_out
internal static class Blob
{
    public static KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress blob = Kzalloc(256, GfpFlags.Kernel);
        if (blob.IsNull)
            return -ENOMEM;
        ulong left = CopyToUser(buffer, blob, 256);
        Kfree(blob);
        return left == 0 ? 256 : -EFAULT;
    }
}

//// correct flag_zero
internal static class Blob
{
    public static KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress blob = Kmalloc(256, GfpFlags.Kernel | GfpFlags.Zero);
        if (blob.IsNull)
            return -ENOMEM;
        ulong left = CopyToUser(buffer, blob, 256);
        Kfree(blob);
        return left == 0 ? 256 : -EFAULT;
    }
}

//// buggy one_path_fills_it
internal static class Sensor
{
    public static KernelResult Read(UserVirtualAddress buffer, uint channel)
    {
        KernelLogicalAddress values = Kmalloc(64, GfpFlags.Kernel);
        if (values.IsNull)
            return -ENOMEM;
        if (channel == 0)
            Memset(values, 0xff, 64);
        KernelResult result = CopyToUser(buffer, values, 64) == 0 ? 64 : -EFAULT; // DK5006
        Kfree(values);
        return result;
    }
}

//// correct every_path_fills_it
internal static class Sensor
{
    public static KernelResult Read(UserVirtualAddress buffer, uint channel)
    {
        KernelLogicalAddress values = Kmalloc(64, GfpFlags.Kernel);
        if (values.IsNull)
            return -ENOMEM;
        if (channel == 0)
            Memset(values, 0xff, 64);
        else
            Insb(0x300 + channel, values, 64);
        KernelResult result = CopyToUser(buffer, values, 64) == 0 ? 64 : -EFAULT;
        Kfree(values);
        return result;
    }
}

//// correct copied_on_the_path_that_filled_it
internal static class Sensor
{
    public static KernelResult Read(UserVirtualAddress buffer, uint channel)
    {
        KernelLogicalAddress values = Kmalloc(64, GfpFlags.Kernel);
        if (values.IsNull)
            return -ENOMEM;
        bool filled = false;
        if (channel < 4)
        {
            Insb(0x300 + channel, values, 64);
            filled = true;
        }

        KernelResult result = -ENODEV;
        if (filled)
            result = CopyToUser(buffer, values, 64) == 0 ? 64 : -EFAULT;
        Kfree(values);
        return result;
    }
}

//// correct nothing_filled_and_nothing_copied
internal static class Sensor
{
    public static KernelResult Read(UserVirtualAddress buffer, uint channel)
    {
        KernelLogicalAddress values = Kmalloc(64, GfpFlags.Kernel);
        if (values.IsNull)
            return -ENOMEM;
        ulong length = 0;
        switch (channel)
        {
            case 0:
                Memset(values, 0xff, 64);
                length = 64;
                break;
            case 1:
                Insb(0x301, values, 32);
                length = 32;
                break;
        }

        KernelResult result = CopyToUser(buffer, values, length) == 0 ? 0 : -EFAULT;
        Kfree(values);
        return result;
    }
}

//// correct filled_by_a_helper_that_may_fail
internal static class Sensor
{
    public static KernelResult Read(UserVirtualAddress buffer, uint channel)
    {
        KernelLogicalAddress values = Kmalloc(64, GfpFlags.Kernel);
        if (values.IsNull)
            return -ENOMEM;
        KernelResult result = Fill(values, channel);
        if (result.IsSuccess && CopyToUser(buffer, values, 64) != 0)
            result = -EFAULT;
        Kfree(values);
        return result;
    }

    private static KernelResult Fill(KernelLogicalAddress values, uint channel)
    {
        if (channel > 3)
            return -EINVAL;
        Insb(0x300 + channel, values, 64);
        return 0;
    }
}

//// buggy unknown_command_answers_with_what_was_there
internal static class Status
{
    public static KernelResult Ask(uint command, UserVirtualAddress reply)
    {
        KernelLogicalAddress block = Kmalloc(32, GfpFlags.Kernel);
        if (block.IsNull)
            return -ENOMEM;
        switch (command)
        {
            case 1:
                Memset(block, 0, 32);
                break;
            case 2:
                Insb(0x310, block, 32);
                break;
        }

        KernelResult result = CopyToUser(reply, block, 32) == 0 ? 0 : -EFAULT; // DK5006
        Kfree(block);
        return result;
    }
}

//// buggy fresh_page_from_nopage
internal sealed class ArenaModule : KernelModule
{
    private static readonly VmOperationsStruct VmOps = new() { Nopage = Nopage };

    private readonly MiscDevice _misc;

    public ArenaModule() => _misc = new() { Name = "arena", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = VmOps;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if ((vma.VmPgoff << PageShift) + (address - vma.VmStart) >= 1 << 20)
            return NopageResult.Sigbus;
        Page? page = AllocPage(GfpFlags.HighUser);
        if (page is null)
            return NopageResult.Oom;
        return page; // DK5006
    }
}

//// correct fresh_zeroed_page_from_nopage
internal sealed class ArenaModule : KernelModule
{
    private static readonly VmOperationsStruct VmOps = new() { Nopage = Nopage };

    private readonly MiscDevice _misc;

    public ArenaModule() => _misc = new() { Name = "arena", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = VmOps;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if ((vma.VmPgoff << PageShift) + (address - vma.VmStart) >= 1 << 20)
            return NopageResult.Sigbus;
        Page? page = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (page is null)
            return NopageResult.Oom;
        return page;
    }
}

//// correct fresh_page_cleared_through_kmap
internal sealed class ArenaModule : KernelModule
{
    private static readonly VmOperationsStruct VmOps = new() { Nopage = Nopage };

    private readonly MiscDevice _misc;

    public ArenaModule() => _misc = new() { Name = "arena", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        vma.VmFlags |= VmFlags.Reserved;
        vma.VmOps = VmOps;
        return 0;
    }

    private static NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        if ((vma.VmPgoff << PageShift) + (address - vma.VmStart) >= 1 << 20)
            return NopageResult.Sigbus;
        Page? page = AllocPage(GfpFlags.HighUser);
        if (page is null)
            return NopageResult.Oom;
        KernelVirtualAddress text = Kmap(page);
        Memset(text, 0, PageSize);
        Kunmap(page);
        return page;
    }
}

//// buggy helper_allocates_and_another_delivers
internal static class Report
{
    public static KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress report = NewReport(GfpFlags.Kernel);
        if (report.IsNull)
            return -ENOMEM;
        bool isDone = Deliver(buffer, report); // DK5006
        Kfree(report);
        return isDone ? 128 : -EFAULT;
    }

    private static KernelLogicalAddress NewReport(GfpFlags flags) => Kmalloc(128, flags);

    private static bool Deliver(UserVirtualAddress buffer, KernelVirtualAddress report) => CopyToUser(buffer, report, 128) == 0;
}

//// correct helper_fills_it
internal static class Report
{
    public static KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress report = NewReport(GfpFlags.Kernel);
        if (report.IsNull)
            return -ENOMEM;
        Write(report);
        bool isDone = Deliver(buffer, report);
        Kfree(report);
        return isDone ? 128 : -EFAULT;
    }

    private static KernelLogicalAddress NewReport(GfpFlags flags) => Kmalloc(128, flags);

    private static void Write(KernelVirtualAddress report)
    {
        for (ulong i = 0; i < 128; i += 8)
            Store(report + i, Jiffies);
    }

    private static bool Deliver(UserVirtualAddress buffer, KernelVirtualAddress report) => CopyToUser(buffer, report, 128) == 0;
}

//// correct helper_allocates_with_the_flag_it_is_given
internal static class Report
{
    public static KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress report = NewReport(GfpFlags.Kernel | GfpFlags.Zero);
        if (report.IsNull)
            return -ENOMEM;
        bool isDone = Deliver(buffer, report);
        Kfree(report);
        return isDone ? 128 : -EFAULT;
    }

    private static KernelLogicalAddress NewReport(GfpFlags flags) => Kmalloc(128, flags);

    private static bool Deliver(UserVirtualAddress buffer, KernelVirtualAddress report) => CopyToUser(buffer, report, 128) == 0;
}

//// buggy page_inserted_into_the_area
internal sealed class SharedModule : KernelModule
{
    private readonly MiscDevice _misc;

    public SharedModule() => _misc = new() { Name = "shared", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.VmPgoff != 0)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        vma.VmFlags |= VmFlags.Reserved;
        KernelResult result = VmInsertPage(vma, vma.VmStart, page); // DK5006
        PutPage(page);
        return result.IsError ? -EAGAIN : 0;
    }
}

//// correct page_filled_and_inserted_into_the_area
internal sealed class SharedModule : KernelModule
{
    private readonly MiscDevice _misc;

    public SharedModule() => _misc = new() { Name = "shared", Fops = new() { Owner = this, Mmap = Mmap } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit() => MiscDeregister(_misc);

    private static KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.VmPgoff != 0)
            return -EINVAL;
        Page? page = AllocPage(GfpFlags.Kernel);
        if (page is null)
            return -ENOMEM;
        Memset(PageAddress(page), 0, PageSize);
        vma.VmFlags |= VmFlags.Reserved;
        KernelResult result = VmInsertPage(vma, vma.VmStart, page);
        PutPage(page);
        return result.IsError ? -EAGAIN : 0;
    }
}

//// buggy vmalloc_in_init_and_copied_by_a_read
internal sealed class StoreModule : KernelModule
{
    private const ulong Size = 64 * 1024;

    private readonly MiscDevice _misc;
    private KernelVirtualAddress _store;

    public StoreModule() => _misc = new() { Name = "store", Fops = new() { Owner = this, Read = Read } };

    public override KernelResult Init()
    {
        _store = Vmalloc(Size);
        if (_store.IsNull)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Vfree(_store);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_store);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, Size);
        return CopyToUser(buffer, _store, count) == 0 ? count : -EFAULT; // DK5006
    }
}

//// correct vmalloc_in_init_cleared_before_it_is_registered
internal sealed class StoreModule : KernelModule
{
    private const ulong Size = 64 * 1024;

    private readonly MiscDevice _misc;
    private KernelVirtualAddress _store;

    public StoreModule() => _misc = new() { Name = "store", Fops = new() { Owner = this, Read = Read } };

    public override KernelResult Init()
    {
        _store = Vmalloc(Size);
        if (_store.IsNull)
            return -ENOMEM;
        Memset(_store, 0, Size);
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            Vfree(_store);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        Vfree(_store);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, Size);
        return CopyToUser(buffer, _store, count) == 0 ? count : -EFAULT;
    }
}

//// buggy put_out_by_the_inatomic_form
internal static class Scratch
{
    public static KernelResult Give(UserVirtualAddress to)
    {
        if (!AccessOk(to, PageSize))
            return -EFAULT;
        KernelLogicalAddress page = GetFreePage(GfpFlags.Atomic);
        if (page.IsNull)
            return -ENOMEM;
        ulong left = CopyToUserInatomic(to, page, PageSize); // DK5006
        FreePage(page);
        return left == 0 ? 0 : -EFAULT;
    }
}

//// correct filled_by_the_process_itself
internal static class Scratch
{
    public static KernelResult Mirror(UserVirtualAddress from, UserVirtualAddress to)
    {
        KernelLogicalAddress page = GetFreePage(GfpFlags.Kernel);
        if (page.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(page, from, PageSize) == 0 && CopyToUser(to, page, PageSize) == 0 ? 0 : -EFAULT;
        FreePage(page);
        return result;
    }
}

//// correct an_address_that_others_may_know
// A delegate in sight of nobody gets the address: it may write there.
internal sealed class Source(Action<KernelVirtualAddress> fill)
{
    public KernelResult Read(UserVirtualAddress buffer)
    {
        KernelLogicalAddress data = Kmalloc(32, GfpFlags.Kernel);
        if (data.IsNull)
            return -ENOMEM;
        fill(data);
        KernelResult result = CopyToUser(buffer, data, 32) == 0 ? 32 : -EFAULT;
        Kfree(data);
        return result;
    }
}
//// correct filled_in_a_loop_whose_bound_a_helper_checked
internal sealed class Palette
{
    private readonly uint[] _colours = new uint[256];

    private struct Range
    {
        public uint First;
        public uint Count;
    }

    private static bool Fits(in Range range) => range.First < 256 && range.Count <= 256 - range.First;

    public KernelResult Get(UserVirtualAddress argument, UserVirtualAddress to)
    {
        if (GetUser(out Range range, argument).IsError)
            return -EFAULT;
        if (!Fits(range))
            return -EINVAL;
        KernelLogicalAddress copy = Kmalloc(1024, GfpFlags.Kernel);
        if (copy.IsNull)
            return -ENOMEM;
        for (uint i = 0; i < range.Count; i++)
            Store(copy + (i * 4ul), _colours[range.First + i]);
        KernelResult result = CopyToUser(to, copy, range.Count * 4ul) != 0 ? -EFAULT : 0;
        Kfree(copy);
        return result;
    }
}
