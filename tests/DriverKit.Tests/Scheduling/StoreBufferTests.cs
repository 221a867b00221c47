using DriverKit.Tests.Support;

namespace DriverKit.Tests.Scheduling;

/// <summary>With store buffers, what a processor has stored is seen by a device or another processor after a barrier and not before; without them, at once.</summary>
public sealed class StoreBufferTests : KernelTest
{
    private const ulong Doorbell = 0xE0000000;

    [Theory]
    [InlineData(false, "none", 7u)]
    [InlineData(true, "none", 0u)]
    [InlineData(true, "wmb", 7u)]
    [InlineData(true, "mb", 7u)]
    [InlineData(true, "rmb", 7u)]
    [InlineData(true, "smp_wmb", 0u)]
    [InlineData(true, "wake_up", 7u)]
    public void A_doorbell_finds_the_descriptor_only_after_a_barrier(bool storeBuffers, string barrier, uint seen)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), StoreBuffers = storeBuffers });
        var card = new Card(kernel);
        kernel.AddDevice(new MmioRegisters("card", new(Doorbell), 4096, card));
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress descriptor = Kzalloc(64, GfpFlags.Kernel);
            IoAddress registers = Ioremap(new(Doorbell), 4096);
            Store(descriptor, 7u);
            Assert.Equal(7u, Load<uint>(descriptor));
            switch (barrier)
            {
                case "wmb": Wmb(); break;
                case "mb": Mb(); break;
                case "rmb": Rmb(); break;
                case "smp_wmb": SmpWmb(); break;
                case "wake_up": WakeUp(new WaitQueueHead()); break;
            }

            Writel((uint)VirtToPhys(descriptor).Value, registers);
            Assert.Equal(7u, Load<uint>(descriptor));
            Iounmap(registers);
            Kfree(descriptor);
        });
        Assert.Equal(seen, card.Seen);
    }

    [Fact]
    public void A_store_too_long_for_the_buffer_is_seen_after_what_was_stored_before_it()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 32.MiB(), StoreBuffers = true });
        var card = new Card(kernel);
        kernel.AddDevice(new MmioRegisters("card", new(Doorbell), 4096, card));
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress descriptor = Kzalloc(8192, GfpFlags.Kernel);
            IoAddress registers = Ioremap(new(Doorbell), 4096);
            Store(descriptor, 7u);
            Memset(descriptor, 9, 8192);
            Writel((uint)VirtToPhys(descriptor).Value, registers);
            Iounmap(registers);
            Kfree(descriptor);
        });
        Assert.Equal(0x09090909u, card.Seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_of_two_processors_may_miss_the_others_store_only_without_a_barrier(bool barrier)
    {
        // The litmus test "store buffering": x = 1; r1 = y beside y = 1; r2 = x. Without barriers both may read 0.
        bool bothMissed = false;
        for (ulong seed = 0; seed < 60 && !bothMissed; seed++)
        {
            Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB(), Cpus = 2, StoreBuffers = true }, new KernelOptions { Strategy = new Coin(seed) });
            KernelLogicalAddress x = default, y = default;
            kernel.RunKernelThread(() => (x, y) = (Kzalloc(8, GfpFlags.Kernel), Kzalloc(8, GfpFlags.Kernel)));
            uint r1 = 2, r2 = 2;
            kernel.SpawnKernelThread("a", () => r1 = StoreThenLoad(x, y));
            kernel.SpawnKernelThread("b", () => r2 = StoreThenLoad(y, x));
            kernel.Run();
            bothMissed = (r1, r2) == (0u, 0u);
            kernel.RunKernelThread(() =>
            {
                Kfree(x);
                Kfree(y);
            });
        }

        Assert.Equal(!barrier, bothMissed);

        uint StoreThenLoad(KernelLogicalAddress mine, KernelLogicalAddress other)
        {
            Store(mine, 1u);
            if (barrier)
                SmpMb();
            return Load<uint>(other);
        }
    }

    private sealed class Coin(ulong seed) : SchedulingStrategy
    {
        private readonly SeededRandom _random = new(seed);

        public override int Choose(in SchedulingPoint point) => (int)_random.Next((ulong)point.Choices.Length);
    }

    private sealed class Card(Kernel kernel) : IRegisterDevice
    {
        public uint Seen { get; private set; }

        public ulong ReadRegister(ulong offset, int width) => 0;

        public void WriteRegister(ulong offset, int width, ulong value) => Seen = (uint)kernel.Machine.Bus.Read(new(value), 4);
    }
}
