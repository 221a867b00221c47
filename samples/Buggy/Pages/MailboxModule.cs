// DK3006 to DK3009, DK3012: a mailbox, with memory that is given back too early, twice, to the wrong allocator, not at all, or while it is reserved.
namespace Samples.Buggy;

public sealed class MailboxModule : MiscModule
{
    public const uint First = 1, Post = 2, Verify = 3, Peek = 4, Lend = 5;
    private const ulong LetterSize = 64, ParcelSize = 64 * 1024;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl };

    private static KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        First => FirstWord(new(argument)),
        Post => PostLetter(new(argument)),
        Verify => VerifyParcel(new(argument)),
        Peek => PeekLetter(new(argument)),
        Lend => LendPage(),
        _ => -ENOTTY,
    };

    private static KernelResult FirstWord(UserVirtualAddress from)
    {
        KernelLogicalAddress letter = Kzalloc(LetterSize, GfpFlags.Kernel);
        if (letter.IsNull)
            return -ENOMEM;
        ulong left = CopyFromUser(letter, from, LetterSize);
        Kfree(letter);
        return left == 0 ? Load<uint>(letter) : -EFAULT; // DK3006
    }

    // An empty letter is an error, and its path frees for itself.
    private static KernelResult PostLetter(UserVirtualAddress from)
    {
        KernelResult result = 0;
        KernelLogicalAddress letter = Kzalloc(LetterSize, GfpFlags.Kernel);
        if (letter.IsNull)
            return -ENOMEM;
        if (CopyFromUser(letter, from, LetterSize) != 0)
            result = -EFAULT;
        else if (Load<uint>(letter) == 0)
        {
            Kfree(letter);
            result = -EINVAL;
        }

        Kfree(letter); // DK3007
        return result;
    }

    // It was kmalloc() until parcels came to be larger than a few pages.
    private static KernelResult VerifyParcel(UserVirtualAddress from)
    {
        KernelVirtualAddress parcel = Vmalloc(ParcelSize);
        if (parcel.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(parcel, from, LetterSize) == 0 ? 0 : -EFAULT;
        Kfree((KernelLogicalAddress)parcel); // DK3008
        return result;
    }

    private static KernelResult PeekLetter(UserVirtualAddress from)
    {
        KernelLogicalAddress letter = Kmalloc(LetterSize, GfpFlags.Kernel); // DK3009
        if (letter.IsNull)
            return -ENOMEM;
        if (CopyFromUser(letter, from, LetterSize) != 0)
            return -EFAULT;
        uint word = Load<uint>(letter);
        Kfree(letter);
        return word;
    }

    private static KernelResult LendPage()
    {
        Page? page = AllocPage(GfpFlags.Kernel | GfpFlags.Zero);
        if (page is null)
            return -ENOMEM;
        SetPageReserved(page);
        Printk($"mailbox: lends {PageToPfn(page)}");
        FreePage(page); // DK3012
        return 0;
    }
}
