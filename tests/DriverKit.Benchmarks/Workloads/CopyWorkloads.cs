namespace DriverKit.Benchmarks.Workloads;

/// <summary>64 KiB through a user mapping, by <see cref="UserProcess.LoadBytes"/> or <see cref="UserProcess.StoreBytes"/>.</summary>
internal sealed class SimulatedCopies(Architecture architecture, bool store) : Workload
{
    public const int Bytes = 64 * 1024;
    public const int Copies = 64;

    private readonly SimulatedMemory _memory = new(architecture, Bytes / (int)PageSize);
    private readonly byte[] _buffer = new byte[Bytes];

    public override int Operations => Copies;

    public override void Run()
    {
        for (int i = 0; i < Copies; i++)
        {
            if (store)
                _memory.Process.StoreBytes(_memory.Start, _buffer);
            else
                _memory.Process.LoadBytes(_memory.Start, _buffer);
        }
    }

    public override void Dispose() => _memory.Dispose();
}

/// <summary>64 KiB from array to array.</summary>
internal sealed class NativeCopies : Workload
{
    private readonly byte[] _from = GC.AllocateArray<byte>(SimulatedCopies.Bytes, pinned: true);
    private readonly byte[] _to = new byte[SimulatedCopies.Bytes];

    public override int Operations => SimulatedCopies.Copies;

    public override void Run()
    {
        for (int i = 0; i < SimulatedCopies.Copies; i++)
            _from.AsSpan().CopyTo(_to);
    }
}
