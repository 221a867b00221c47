// Finding out which line the port is on: make it interrupt and see which line moves. Five tries, for a line that moves by itself at the wrong moment.
namespace Samples.Short;

internal sealed class ShortProbe
{
    private const int Tries = 5;

    /// <summary>The lines that a parallel port's jumpers offer.</summary>
    private static readonly uint[] Trials = [3, 5, 7, 9];

    private int _found;

    /// <summary>The kernel listens to all lines that nobody has (probe_irq_on, probe_irq_off).</summary>
    /// <returns>The line, or a negative number.</returns>
    public static int ByKernel(IoAddress registers)
    {
        for (int tries = 0; tries < Tries; tries++)
        {
            uint mask = ProbeIrqOn();
            Pulse(registers);
            int irq = ProbeIrqOff(mask);
            if (irq > 0)
                return irq;
            if (irq == 0)
                Printk(LogLevel.Info, "short: no irq reported by probe");
        }

        return GiveUp();
    }

    /// <summary>A handler on each line that is possible and free.</summary>
    /// <returns>The line, or a negative number.</returns>
    public int ByHand(IoAddress registers)
    {
        bool[] tried = [.. Trials.Select(line => RequestIrq(line, Probing, SaInterrupt, "short probe", null).IsSuccess)];
        for (int tries = 0; tries < Tries; tries++)
        {
            _found = 0;
            Pulse(registers);
            if (_found > 0)
                break;
            if (_found == 0)
                Printk(LogLevel.Info, "short: no irq reported by probe");
        }

        for (int i = 0; i < Trials.Length; i++)
        {
            if (tried[i])
                FreeIrq(Trials[i], null);
        }

        return _found > 0 ? _found : GiveUp();
    }

    private IrqReturn Probing(int irq, object? devId)
    {
        if (_found == 0)
            _found = irq;
        else if (_found != irq)
            _found = -irq; // Two lines: which is it?
        return IrqHandled;
    }

    private static void Pulse(IoAddress registers)
    {
        Iowrite8(ParallelPort.InterruptEnable, registers + ParallelPort.Control);
        Iowrite8(0x00, registers + ParallelPort.Data);
        Iowrite8(0xff, registers + ParallelPort.Data);
        Iowrite8(0x00, registers + ParallelPort.Control);
        Udelay(5);
    }

    private static int GiveUp()
    {
        Printk($"short: probe failed {Tries} times, giving up");
        return -1;
    }
}
