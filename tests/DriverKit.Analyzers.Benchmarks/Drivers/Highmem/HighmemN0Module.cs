// A cache of pages that may lie in high memory.
namespace Drivers.HighmemN0;

public sealed class HighmemN0Module : KernelModule
{
    private readonly HighmemN0Cache _cache = new();
    private readonly MiscDevice _misc;

    public HighmemN0Module() =>
        _misc = new() { Name = "highmemN0", Fops = new() { Owner = this, Read = Read, Write = Write, Ioctl = Ioctl } };

    public override KernelResult Init() => MiscRegister(_misc);

    public override void Exit()
    {
        MiscDeregister(_misc);
        _cache.Clear();
    }

    private KernelResult Read(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong offset = (ulong)position & (PageSize - 1);
        count = Math.Min(count, PageSize - offset);
        KernelResult result = _cache.CopyOut((ulong)position >> PageShift, offset, buffer, count);
        if (result.IsSuccess)
            position += result.Value;
        return result;
    }

    private KernelResult Write(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
    {
        ulong offset = (ulong)position & (PageSize - 1);
        count = Math.Min(count, PageSize - offset);
        KernelResult result = _cache.CopyIn((ulong)position >> PageShift, offset, buffer, count);
        if (result.IsSuccess)
            position += result.Value;
        return result;
    }

    private KernelResult Ioctl(Inode inode, OpenFile filp, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x4801:
                return argument < HighmemN0Cache.Count ? _cache.Wipe(argument) : -EINVAL;
            case 0x4802:
                return argument < HighmemN0Cache.Count ? PutUser(_cache.Sum(argument), new UserVirtualAddress(argument)) : -EINVAL;
            default:
                return -ENOTTY;
        }
    }
}
