// A driver with one page that it maps in two ways: by its struct page at offset 0, by its frame number one page further on.
namespace Samples.Tour;

public sealed class InsertModule : KernelModule
{
    public const ulong ByPage = 0, ByPfn = 1;

    private readonly MiscDevice _misc;

    public InsertModule() => _misc = new() { Name = "insert", Fops = new() { Owner = this, Mmap = Mmap } };

    public Page? Page { get; private set; }

    public override KernelResult Init()
    {
        Page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (Page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(Page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(Page!);
    }

    private KernelResult Mmap(OpenFile filp, VmAreaStruct vma)
    {
        if (vma.Length != PageSize || vma.IsCopyOnWrite)
            return -EINVAL;
        if (vma.VmPgoff == ByPage)
            return VmInsertPage(vma, vma.VmStart, Page!);
        if (vma.VmPgoff != ByPfn)
            return -EINVAL;
        vma.VmFlags |= VmFlags.PfnMap;
        return VmInsertPfn(vma, vma.VmStart, PageToPfn(Page!));
    }
}
