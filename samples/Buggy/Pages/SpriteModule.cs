// DK3001 to DK3005: two pages of pictures in high memory, mapped for a moment each time, and unmapped in ways that go wrong.
namespace Samples.Buggy;

public sealed class SpriteModule : MiscModule
{
    public const uint Clear = 1, Copy = 2, Select = 3;

    private const ulong SpriteSize = 64;

    private Page? _front, _back;
    private KernelVirtualAddress _cursor;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl, Read = CountSprites, Write = Erase };

    public override KernelResult Init()
    {
        KernelResult result = -ENOMEM;
        _front = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        _back = AllocPage(GfpFlags.HighUser | GfpFlags.Zero);
        if (_front is not null && _back is not null)
            result = base.Init();
        if (result.IsError)
            Free();
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        Free();
    }

    private void Free()
    {
        if (_back is not null)
            FreePage(_back);
        if (_front is not null)
            FreePage(_front);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        Clear => ClearPage(_front!),
        Copy => CopyPage(_front!, _back!),
        Select => SelectSprite(_front!),
        _ => -ENOTTY,
    };

    private static KernelResult ClearPage(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        Memset(mapped, 0, PageSize);
        KunmapAtomic(mapped, KmType.User1); // DK3001
        return 0;
    }

    // One slot maps one page: the second takes it from the first.
    private static KernelResult CopyPage(Page to, Page from)
    {
        KernelVirtualAddress source = KmapAtomic(from, KmType.User0);
        KernelVirtualAddress target = KmapAtomic(to, KmType.User0); // DK3002
        Memcpy(target, source, PageSize);
        KunmapAtomic(target, KmType.User0);
        KunmapAtomic(source, KmType.User0);
        return 0;
    }

    // A write erases the sprite whose number is written.
    private KernelResult Erase(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count != sizeof(uint))
            return -EINVAL;
        if (GetUser(out uint number, buffer).IsError)
            return -EFAULT;
        KernelVirtualAddress mapped = KmapAtomic(_front!, KmType.User0); // DK3003
        ulong at = 0;
        while (at < PageSize && Load<uint>(mapped + at) != number)
            at += SpriteSize;
        if (at == PageSize)
            return -ENOENT;
        Memset(mapped + at, 0, SpriteSize);
        KunmapAtomic(mapped, KmType.User0);
        return count;
    }

    // The address is that of the slot: it leads to the next user's page.
    private KernelResult SelectSprite(Page page)
    {
        KernelVirtualAddress mapped = KmapAtomic(page, KmType.User0);
        _cursor = mapped + SpriteSize; // DK3004
        KunmapAtomic(mapped, KmType.User0);
        return _cursor.IsNull ? -ENOENT : 0;
    }

    // With interrupts on, the next handler takes the slot away.
    private KernelResult CountSprites(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        if (count != sizeof(uint))
            return -EINVAL;
        KernelVirtualAddress mapped = KmapAtomic(_back!, KmType.Irq0); // DK3005
        uint sprites = Load<uint>(mapped);
        KunmapAtomic(mapped, KmType.Irq0);
        return PutUser(sprites, buffer).IsError ? -EFAULT : sizeof(uint);
    }
}
