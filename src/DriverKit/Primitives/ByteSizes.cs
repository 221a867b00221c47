namespace DriverKit.Primitives;

/// <summary>Sizes as one writes them: <c>512.MiB()</c>.</summary>
public static class ByteSizes
{
    /// <summary>That many times 1,024 bytes.</summary>
    public static ulong KiB(this int count) => checked((ulong)count << 10);

    /// <summary>That many times 1,048,576 bytes.</summary>
    public static ulong MiB(this int count) => checked((ulong)count << 20);

    /// <summary>That many times 1,073,741,824 bytes.</summary>
    public static ulong GiB(this int count) => checked((ulong)count << 30);
}
