namespace Samples.Sleeping;

internal static class CLong
{
    /// <summary>(long)word: on i386 the counter starts five minutes before it wraps, and %li shows that as a negative number.</summary>
    public static long Of(ulong word) => MaxJiffyOffset <= int.MaxValue ? unchecked((int)(uint)word) : unchecked((long)word);
}
