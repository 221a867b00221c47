using System.Runtime.InteropServices;

namespace DriverKit.Tests.Support;

/// <summary>The same bytes in a simulated process and in the host's, for calls that take several buffers.</summary>
internal sealed class JudgedMemory
{
    private const int Size = 16 * 1024;

    private readonly UserProcess _process;
    private readonly byte[] _host = GC.AllocateArray<byte>(Size, pinned: true);

    public JudgedMemory(UserProcess process)
    {
        _process = process;
        Model = process.Mmap(default, Size, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
    }

    public UserVirtualAddress Model { get; }

    public ulong Host => (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(_host, 0);

    /// <summary>New bytes, the same on both sides.</summary>
    public void Fill(SeededRandom random)
    {
        Array.Fill(_host, (byte)(1 + random.Next(255)));
        _process.StoreBytes(Model, _host);
    }

    public void AssertEqual()
    {
        byte[] model = new byte[Size];
        _process.LoadBytes(Model, model);
        Assert.Equal(_host, model);
    }

    /// <summary>Random buffers for both sides, some of them bad. One that is written from is bad only behind a good one: what a failed write beyond the end of a
    /// file leaves behind depends on the file system.</summary>
    public (Iovec[] Model, Iovec[] Host) Vectors(SeededRandom random, bool writes)
    {
        const ulong NotMapped = 8, Kernel = 1ul << 60;
        int count = random.Next(40) == 0 ? 1025 : (int)random.Next(6);
        var model = new Iovec[count];
        var host = new Iovec[count];
        bool hasGood = false;
        for (int i = 0; i < count; i++)
        {
            ulong offset = random.Next(Size), length = random.Next(4) == 0 ? 0 : random.Next(Size - offset + 1);
            ulong bad = random.Next(16) switch { 0 => NotMapped, 1 => Kernel, _ => 0 };
            if (bad == NotMapped && writes && !hasGood)
                bad = 0;
            hasGood |= bad == 0 && length != 0;
            if (random.Next(60) == 0)
                length |= 1ul << 63;
            model[i] = new(bad != 0 ? new(bad) : Model + offset, length);
            host[i] = new(new(bad != 0 ? bad : Host + offset), length);
        }

        return (model, host);
    }
}
