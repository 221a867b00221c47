// DK1002: a clipboard of one page in high memory. Its read holds a kmap_atomic slot while a helper copies to the process, which may sleep.
namespace Samples.Buggy;

public sealed class ClipboardModule : KernelModule
{
    private readonly MiscDevice _misc;
    private Page? _page;
    private ulong _length;

    public ClipboardModule() => _misc = new() { Name = "clipboard", Fops = new() { Owner = this, Read = Read, Write = Write } };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = MiscRegister(_misc);
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_misc);
        FreePage(_page!);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong offset = Math.Min((ulong)position, _length);
        count = Math.Min(count, _length - offset);
        KernelVirtualAddress text = KmapAtomic(_page!, KmType.User0);
        KernelResult result = Deliver(buffer, text + offset, count); // DK1002
        KunmapAtomic(text, KmType.User0);
        if (result.IsSuccess)
            position += (long)count;
        return result;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        KernelVirtualAddress text = Kmap(_page!);
        ulong left = CopyFromUser(text, buffer, count);
        Kunmap(_page!);
        if (left != 0)
            return -EFAULT;
        _length = count;
        return count;
    }

    private static KernelResult Deliver(UserVirtualAddress buffer, KernelVirtualAddress text, ulong count) =>
        CopyToUser(buffer, text, count) == 0 ? count : -EFAULT;
}
