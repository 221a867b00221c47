// Whole pages as a device, mapped by nopage; beside it one in vmalloc memory.
namespace Drivers.ScullpN0;

public sealed class ScullpN0Module : KernelModule
{
    private readonly ScullpN0Pages _pages = new(64);
    private readonly ScullvN0Area _area = new(32);
    private readonly MiscDevice _direct, _virtual;

    public ScullpN0Module()
    {
        _direct = new() { Name = "scullpN0", Fops = new() { Owner = this, Read = _pages.Read, Write = _pages.Write, Mmap = _pages.Mmap } };
        _virtual = new() { Name = "scullvN0", Fops = new() { Owner = this, Read = _area.Read, Mmap = _area.Mmap } };
    }

    public override KernelResult Init()
    {
        KernelResult result = _area.Allocate();
        if (result.IsError)
            return result;
        result = MiscRegister(_direct);
        if (result.IsError)
            goto failDirect;
        result = MiscRegister(_virtual);
        if (result.IsError)
            goto failVirtual;
        return 0;

    failVirtual:
        MiscDeregister(_direct);
    failDirect:
        _area.Free();
        return result;
    }

    public override void Exit()
    {
        MiscDeregister(_virtual);
        MiscDeregister(_direct);
        _pages.Trim();
        _area.Free();
    }
}
