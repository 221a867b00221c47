// The keyboard's own driver, as far as it matters here: it has a handler on line 1 that takes what comes.
namespace Samples.Keyboard;

public sealed class I8042Module : KernelModule
{
    private readonly List<byte> _received = [];

    /// <summary>Scancodes that have come.</summary>
    public IReadOnlyList<byte> Received => _received;

    public override KernelResult Init() => RequestIrq(I8042.Line, Interrupt, Irqf.Shared, Name, this);

    public override void Exit() => FreeIrq(I8042.Line, this);

    private IrqReturn Interrupt(int irq, object? devId)
    {
        _received.Add(Inb(I8042.DataPort));
        return IrqHandled;
    }
}
