namespace DriverKit.Tests.Support;

/// <summary>A device of some pages, mapped by nopage (/dev/nopage), by remap_pfn_range (/dev/remap) or by vm_insert_page (/dev/insert).</summary>
internal sealed class PagesDriver : KernelModule
{
    private readonly List<MiscDevice> _devices = [];
    private readonly int _order;
    private readonly bool _mustBeConsecutive;

    /// <param name="order">It has two to this power pages.</param>
    /// <param name="mustBeConsecutive">False for a test without /dev/remap, on a machine whose free memory is in pieces.</param>
    public PagesDriver(int order = 5, bool mustBeConsecutive = true)
    {
        _order = order;
        _mustBeConsecutive = mustBeConsecutive;
    }

    public ulong Count => 1ul << _order;

    public Page[] Pages { get; private set; } = [];

    public int Opens { get; private set; }

    public int Closes { get; private set; }

    public int Releases { get; private set; }

    public int Nopages { get; private set; }

    public List<string> Calls { get; } = [];

    public int LiveAreas => Opens - Closes;

    public override KernelResult Init()
    {
        // A fresh machine gives single pages in order of address; remap_pfn_range relies on it here.
        Pages = [.. Enumerable.Range(0, 1 << _order).Select(_ => AllocPage(GfpFlags.Kernel | GfpFlags.Zero)!)];
        if (_mustBeConsecutive && Pages[^1].Pfn - Pages[0].Pfn != Count - 1)
            return -ENOMEM;
        var areaOperations = new VmOperationsStruct { Open = Open, Close = Close };
        var nopageOperations = new VmOperationsStruct { Open = Open, Close = Close, Nopage = Nopage };
        return Add("nopage", vma => Use(vma, nopageOperations)) ?? Add("remap", vma => Remap(vma, areaOperations)) ?? Add("insert", vma => Insert(vma, areaOperations)) ?? 0;
    }

    public override void Exit()
    {
        foreach (MiscDevice device in _devices)
            MiscDeregister(device);
        foreach (Page page in Pages)
            FreePage(page);
    }

    private KernelResult? Add(string name, Func<VmAreaStruct, KernelResult> mmap)
    {
        var device = new MiscDevice
        {
            Name = name,
            Fops = new FileOperations
            {
                Owner = this,
                Mmap = (_, vma) => mmap(vma),
                Release = (_, _) =>
                {
                    Releases++;
                    Calls.Add("release");
                    return 0;
                },
            },
        };
        _devices.Add(device);
        KernelResult result = MiscRegister(device);
        return result.IsError ? result : null;
    }

    private KernelResult Use(VmAreaStruct vma, VmOperationsStruct operations)
    {
        vma.VmOps = operations;
        Open(vma);
        return 0;
    }

    private KernelResult Remap(VmAreaStruct vma, VmOperationsStruct operations)
    {
        ulong pages = vma.Length >> PageShift;
        if (vma.VmPgoff >= Count || pages > Count - vma.VmPgoff)
            return -EINVAL;
        Pfn first = Pages[vma.VmPgoff].Pfn;
        if (RemapPfnRange(vma, vma.VmStart, first, vma.Length, vma.VmPageProt).IsError)
            return -EAGAIN;
        return Use(vma, operations);
    }

    private KernelResult Insert(VmAreaStruct vma, VmOperationsStruct operations)
    {
        ulong first = vma.VmPgoff;
        for (ulong i = 0; i < vma.Length >> PageShift; i++)
        {
            if (first + i >= Count)
                return -EINVAL;
            KernelResult result = VmInsertPage(vma, vma.VmStart + (i << PageShift), Pages[first + i]);
            if (result.IsError)
                return result;
        }

        return Use(vma, operations);
    }

    private void Open(VmAreaStruct vma)
    {
        Opens++;
        Calls.Add($"open {vma.VmPgoff}+{vma.Length >> PageShift}");
    }

    private void Close(VmAreaStruct vma)
    {
        Closes++;
        Calls.Add($"close {vma.VmPgoff}+{vma.Length >> PageShift}");
    }

    private NopageResult Nopage(VmAreaStruct vma, UserVirtualAddress address, ref FaultType type)
    {
        Nopages++;
        Assert.True(address.IsPageAligned);
        ulong index = vma.VmPgoff + ((address - vma.VmStart) >> PageShift);
        if (index >= Count)
            return NopageResult.Sigbus;
        GetPage(Pages[index]);
        type = FaultType.Minor;
        return Pages[index];
    }
}
