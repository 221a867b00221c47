// A machine with three kinds of memory to map: an ordinary page of RAM, a reserved one, and the memory of a device on the bus.
using System.Text;

namespace Samples.Simple;

public sealed class Laboratory : IDisposable
{
    public const ulong DeviceStart = 0xF0000000;

    public Laboratory(KernelEra era = KernelEra.Linux2620, Architecture architecture = Architecture.I386)
    {
        Kernel = Kernel.Boot(new() { Architecture = architecture, MemorySize = 64.MiB() }, new() { Era = era });
        var card = new MmioMemory("Laboratory card", new(DeviceStart), 64.KiB());
        Fill(card.Contents[..(int)PageSize], "device memory");
        Kernel.AddDevice(card);
        Kernel.RunKernelThread(() =>
        {
            Ordinary = NewPage("ordinary RAM");
            Reserved = NewPage("reserved RAM");
            SetPageReserved(PfnToPage(Reserved.ToPfn()));
        });
        Module = SimpleLoad.Load(Kernel);
    }

    public Kernel Kernel { get; }

    public SimpleModule Module { get; }

    public PhysicalAddress Ordinary { get; private set; }

    public PhysicalAddress Reserved { get; private set; }

    public PhysicalAddress Device => new(DeviceStart);

    public void Dispose() => Kernel.Dispose();

    private static PhysicalAddress NewPage(string text)
    {
        KernelLogicalAddress page = GetFreePage(GfpFlags.Kernel);
        if (page.IsNull)
            throw new InvalidOperationException("The machine has no page left.");
        Span<byte> contents = stackalloc byte[(int)PageSize];
        Fill(contents, text);
        Memcpy(page, contents);
        return Pa(page);
    }

    private static void Fill(Span<byte> memory, string text)
    {
        byte[] line = Encoding.ASCII.GetBytes(text + "\n");
        for (int i = 0; i < memory.Length; i++)
            memory[i] = line[i % line.Length];
    }
}
