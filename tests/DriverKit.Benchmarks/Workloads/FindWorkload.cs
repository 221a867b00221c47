namespace DriverKit.Benchmarks.Workloads;

/// <summary>Finding the area of a random address among a number of areas.</summary>
internal sealed class AreaSearches : Workload
{
    public const int Searches = 1 << 14;

    private readonly VmaTree _tree = new();
    private readonly UserVirtualAddress[] _addresses = new UserVirtualAddress[Searches];

    public AreaSearches(int areas)
    {
        const ulong Step = 2 * PageSize;
        for (ulong i = 0; i < (ulong)areas; i++)
            _tree.Insert(new VmAreaStruct(null!, new(i * Step), new(i * Step + PageSize)));
        var random = new Random(1);
        for (int i = 0; i < Searches; i++)
            _addresses[i] = new((ulong)random.NextInt64(areas * (long)Step));
    }

    public override int Operations => Searches;

    public int Found { get; private set; }

    public override void Run()
    {
        int found = 0;
        foreach (UserVirtualAddress address in _addresses)
        {
            if (_tree.Find(address) is not null)
                found++;
        }

        Found = found;
    }
}
