// A PC with a parallel port at each of the two places a card is found at: ports 378-37f on one of the lines, and bytes of device memory.
using System.Text;

namespace Samples.Short;

public sealed class Workbench : IDisposable
{
    public const ushort PortsStart = 0x378;

    public const ulong MemoryStart = 0xF0000000;

    public Workbench(int irq = 7, bool isWired = true, int cpus = 1)
        : this(Kernel.Boot(new() { MemorySize = 16.MiB(), Cpus = cpus }), irq, isWired)
    {
    }

    public Workbench(Kernel kernel, int irq = 7, bool isWired = true)
    {
        Kernel = kernel;
        Port = new(kernel.Machine.Interrupts[irq], isWired);
        MemoryPort = new(kernel.Machine.Interrupts[irq], isWired);
        kernel.AddDevice(new PortRegion("parallel port", PortsStart, ParallelPort.Ports, Port));
        kernel.AddDevice(new MmioRegisters("parallel port", new(MemoryStart), PageSize, MemoryPort));
    }

    public Kernel Kernel { get; }

    /// <summary>The one that is reached by ports.</summary>
    public ParallelPort Port { get; }

    /// <summary>The one that is reached by memory accesses.</summary>
    public ParallelPort MemoryPort { get; }

    public void Dispose() => Kernel.Dispose();

    /// <summary>Interrupts in a row: the handler runs for each, bottom halves only behind the last.</summary>
    public void Burst(int interrupts) => Kernel.RunKernelThread(() =>
    {
        LocalBhDisable();
        for (int i = 0; i < interrupts; i++)
        {
            Outb(0x00, PortsStart);
            Outb(0xff, PortsStart);
        }

        Outb(0x00, PortsStart);
        LocalBhEnable();
    });

    /// <summary>The lines of a file that say <c>short</c>.</summary>
    public string[] Grep(string file) => [.. Kernel.ReadFile(file).Split('\n').Where(line => line.Contains("short"))];

    /// <summary>head -c COUNT, or what one read gives.</summary>
    public static string Read(UserProcess process, int fd, int count = (int)PageSize)
    {
        byte[] buffer = new byte[count];
        return Encoding.ASCII.GetString(buffer, 0, process.Read(fd, buffer));
    }
}
