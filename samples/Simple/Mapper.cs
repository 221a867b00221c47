// mapper FILE OFFSET LEN: copies part of a file to the standard output by way of mmap. It closes the file before it touches the memory,
// so the mapping alone must keep the file open. After mapper.c of Linux Device Drivers.
namespace Samples.Simple;

public static class Mapper
{
    public static int Run(UserProcess process, Stream stdout, TextWriter stderr, params string[] args)
    {
        ulong max = Libc.UlongMax(process);
        ulong offset = 0, length = 0;
        if (args.Length != 3 || !Libc.TryStrtoul(args[1], 0, max, out offset) || !Libc.TryStrtoul(args[2], 0, max, out length))
        {
            stderr.WriteLine("mapper: Usage \"mapper <file> <offset> <len>\"");
            return 1;
        }

        string file = args[0];
        int fd;
        try
        {
            fd = process.Open(file, OpenFlags.ReadOnly);
        }
        catch (SyscallException error)
        {
            stderr.WriteLine($"mapper: {file}: {error.Errno.Message}");
            return 1;
        }

        UserVirtualAddress address;
        try
        {
            address = process.Mmap(default, length, Protection.Read, MapFlags.Private, fd, offset);
        }
        catch (SyscallException error)
        {
            stderr.WriteLine($"mapper: mmap(): {error.Errno.Message}");
            return 1;
        }

        process.Close(fd);
        ulong end = unchecked(offset + length) & max;
        stderr.WriteLine($"mapped \"{file}\" from {offset} (0x{offset:x8}) to {end} (0x{end:x8})");

        // fwrite fills its buffer first: a bus error on the way leaves the output empty.
        var buffer = new MemoryStream();
        byte[] page = new byte[PageSize];
        for (ulong done = 0; done < length; done += PageSize)
        {
            Span<byte> part = page.AsSpan(0, (int)Math.Min(PageSize, length - done));
            process.LoadBytes(address + done, part);
            buffer.Write(part);
        }

        buffer.WriteTo(stdout);
        return 0;
    }
}
