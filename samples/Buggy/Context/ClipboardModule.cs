// DK1002: a clipboard of one page in high memory. Its read holds a kmap_atomic slot while a helper takes a mutex, which may sleep.
namespace Samples.Buggy;

public sealed class ClipboardModule : MiscModule
{
    private readonly KernelMutex _lock = new("clipboard");
    private Page? _page;
    private ulong _length;

    protected override FileOperations Operations => new() { Owner = this, Read = Read, Write = Write };

    public override KernelResult Init()
    {
        _page = AllocPage(GfpFlags.HighUser);
        if (_page is null)
            return -ENOMEM;
        KernelResult result = base.Init();
        if (result.IsError)
            FreePage(_page);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        FreePage(_page!);
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong offset = Math.Min((ulong)position, _length);
        count = Math.Min(count, _length - offset);
        byte[] copy = new byte[count];
        KernelVirtualAddress text = KmapAtomic(_page!, KmType.User0);
        Fetch(copy, text + offset); // DK1002
        KunmapAtomic(text, KmType.User0);
        if (CopyToUser(buffer, copy) != 0)
            return -EFAULT;
        position += (long)count;
        return count;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        count = Math.Min(count, PageSize);
        KernelVirtualAddress text = Kmap(_page!);
        MutexLock(_lock);
        ulong left = CopyFromUser(text, buffer, count);
        MutexUnlock(_lock);
        Kunmap(_page!);
        if (left != 0)
            return -EFAULT;
        _length = count;
        return count;
    }

    private void Fetch(byte[] copy, KernelVirtualAddress text)
    {
        MutexLock(_lock);
        Memcpy(copy, text);
        MutexUnlock(_lock);
    }
}
