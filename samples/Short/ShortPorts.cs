// The plain nodes of short: a read or write of n bytes is n accesses to one port, the low four bits of the minor; the next three say how. A barrier behind each
// access keeps compiler and processor from changing their order.
namespace Samples.Short;

internal sealed class ShortPorts(ulong ports, IoAddress registers, bool useMem)
{
    /// <summary>As much as kmalloc gives; what is more it would refuse with the same errno.</summary>
    private const ulong MaxCount = 128 * 1024;

    private const uint InbMode = 0, InbPMode = 1, InsbMode = 2, MemoryMode = 3;

    public KernelResult Read(uint minor, UserVirtualAddress buffer, ulong count)
    {
        if (count > MaxCount)
            return -ENOMEM;
        KernelLogicalAddress kbuf = Kmalloc(count, GfpFlags.Kernel);
        if (kbuf.IsNull)
            return -ENOMEM;
        KernelResult result = Input(minor, kbuf, count);
        if (result.Value > 0 && CopyToUser(buffer, kbuf, count) != 0)
            result = -EFAULT;
        Kfree(kbuf);
        return result;
    }

    public KernelResult Write(uint minor, UserVirtualAddress buffer, ulong count)
    {
        if (count > MaxCount)
            return -ENOMEM;
        KernelLogicalAddress kbuf = Kmalloc(count, GfpFlags.Kernel);
        if (kbuf.IsNull)
            return -ENOMEM;
        KernelResult result = CopyFromUser(kbuf, buffer, count) != 0 ? -EFAULT : Output(minor, kbuf, count);
        Kfree(kbuf); // On every way out: the book's driver loses the buffer after a bad address.
        return result;
    }

    private KernelResult Input(uint minor, KernelLogicalAddress kbuf, ulong count)
    {
        uint number = NumberOf(minor);
        ulong port = ports + number;
        switch (ModeOf(minor))
        {
            case InbMode:
                for (ulong i = 0; i < count; i++)
                {
                    Store(kbuf + i, Inb(port));
                    Rmb();
                }

                break;
            case InbPMode:
                for (ulong i = 0; i < count; i++)
                {
                    Store(kbuf + i, InbP(port));
                    Rmb();
                }

                break;
            case InsbMode:
                Insb(port, kbuf, count);
                Rmb();
                break;
            case MemoryMode:
                for (ulong i = 0; i < count; i++)
                {
                    Store(kbuf + i, Ioread8(registers + number));
                    Rmb();
                }

                break;
            default:
                return -EINVAL;
        }

        return (long)count;
    }

    private KernelResult Output(uint minor, KernelLogicalAddress kbuf, ulong count)
    {
        uint number = NumberOf(minor);
        ulong port = ports + number;
        switch (ModeOf(minor))
        {
            case InbMode:
                for (ulong i = 0; i < count; i++)
                {
                    Outb(Load<byte>(kbuf + i), port);
                    Wmb();
                }

                break;
            case InbPMode:
                for (ulong i = 0; i < count; i++)
                {
                    OutbP(Load<byte>(kbuf + i), port);
                    Wmb();
                }

                break;
            case InsbMode:
                Outsb(port, kbuf, count);
                Wmb();
                break;
            case MemoryMode:
                for (ulong i = 0; i < count; i++)
                {
                    Iowrite8(Load<byte>(kbuf + i), registers + number);
                    Wmb();
                }

                break;
            default:
                return -EINVAL;
        }

        return (long)count;
    }

    private static uint NumberOf(uint minor) => minor & 0x0f;

    private uint ModeOf(uint minor) => useMem ? MemoryMode : (minor & 0x70) >> 4;
}
