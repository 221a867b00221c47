// DK5001 to DK5008: the settings of a device, and a driver that believes what a process says.
namespace Samples.Buggy;

public sealed class SettingsModule : MiscModule
{
    public const uint Set = 1, Get = 2, GetLevel = 3, GetCounter = 4, GetName = 5, GetReply = 6, GetStatus = 7, SetList = 8;
    private const ulong Size = 64;
    private const uint Levels = 16;

    private readonly uint[] _levels = new uint[Levels];
    private readonly ulong[] _counters = new ulong[8];
    private KernelLogicalAddress _settings;

    protected override FileOperations Operations => new() { Owner = this, UnlockedIoctl = Ioctl };

    public override KernelResult Init()
    {
        _settings = Kzalloc(Size, GfpFlags.Kernel);
        if (_settings.IsNull)
            return -ENOMEM;
        KernelResult result = base.Init();
        if (result.IsError)
            Kfree(_settings);
        return result;
    }

    public override void Exit()
    {
        base.Exit();
        Kfree(_settings);
    }

    private KernelResult Ioctl(OpenFile filp, uint command, ulong argument) => command switch
    {
        Set => Store(new(argument)),
        Get => Fetch(new(argument)),
        GetLevel => Level(new(argument)),
        GetCounter => Counter(new(argument)),
        GetName => CopyName(new(argument)),
        GetReply => Reply(new(argument)),
        GetStatus => TellStatus(new(argument)),
        SetList => CheckList(new(argument)),
        _ => -ENOTTY,
    };

    private KernelResult Store(UserVirtualAddress from)
    {
        CopyFromUser(_settings, from, Size); // DK5001
        return 0;
    }

    private KernelResult Fetch(UserVirtualAddress to) => CopyToUser(to, _settings, Size); // DK5002

    // Another thread of the process writes the index between the two.
    private KernelResult Level(UserVirtualAddress from)
    {
        if (GetUser(out uint index, from).IsError)
            return -EFAULT;
        if (index >= Levels)
            return -EINVAL;
        if (GetUser(out uint number, from).IsError) // DK5003
            return -EFAULT;
        return _levels[number];
    }

    private KernelResult Counter(UserVirtualAddress from)
    {
        if (GetUser(out uint number, from).IsError)
            return -EFAULT;
        return _counters[number]; // DK5004
    }

    // The pointer in the process's struct is as good as any number.
    private KernelResult CopyName(UserVirtualAddress from)
    {
        if (GetUser(out ulong pointer, from).IsError)
            return -EFAULT;
        return CopyToUserInatomic(new(pointer), _settings, Size) == 0 ? 0 : -EFAULT; // DK5005
    }

    private static KernelResult Reply(UserVirtualAddress to)
    {
        KernelLogicalAddress reply = Kmalloc(Size, GfpFlags.Kernel);
        if (reply.IsNull)
            return -ENOMEM;
        ulong left = CopyToUser(to, reply, Size); // DK5006
        Kfree(reply);
        return left == 0 ? 0 : -EFAULT;
    }

    private static KernelResult TellStatus(UserVirtualAddress to) =>
        PutUser(new Status { Ready = 1, Errors = 0 }, to).IsError ? -EFAULT : 0; // DK5007

    // 0x20000000 entries of eight bytes are none.
    private static KernelResult CheckList(UserVirtualAddress from)
    {
        if (GetUser(out uint entries, from).IsError)
            return -EFAULT;
        return AccessOk(from + sizeof(uint), entries * 8) ? 0 : -EFAULT; // DK5008
    }

    private struct Status
    {
        public byte Ready;
        public uint Errors;
    }
}
