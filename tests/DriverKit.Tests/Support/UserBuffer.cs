namespace DriverKit.Tests.Support;

/// <summary>Memory of a process with something in it.</summary>
internal static class UserBuffer
{
    /// <summary>A map of its own with these bytes at its start; it ends with the process.</summary>
    public static UserVirtualAddress Buffer(this UserProcess process, ReadOnlySpan<byte> contents)
    {
        UserVirtualAddress buffer = process.Mmap(default, (ulong)contents.Length, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.StoreBytes(buffer, contents);
        return buffer;
    }
}
