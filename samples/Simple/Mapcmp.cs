// mapcmp DEV1 DEV2 OFFSET PAGES: maps the same part of two devices and compares them byte for byte. Over /dev/simpler and /dev/simplen it
// shows where remap_pfn_range and nopage differ. After mapcmp.c of Linux Device Drivers.
namespace Samples.Simple;

public static class Mapcmp
{
    public static int Run(UserProcess process, Stream stdout, TextWriter stderr, params string[] args)
    {
        using var output = new StreamWriter(stdout, leaveOpen: true) { NewLine = "\n" };
        if (args.Length != 4)
        {
            stderr.WriteLine("Usage: mapcmp dev1 dev2 offset pages");
            return 1;
        }

        ulong max = Libc.UlongMax(process);
        Libc.TryStrtoul(args[2], 16, max, out ulong offset);
        ulong size = unchecked((ulong)(Libc.Atoi(args[3]) * (int)PageSize)) & max;
        output.WriteLine($"Offset is 0x{offset:x}");
        if (Map(args[0]) is not { } first || Map(args[1]) is not { } second)
            return 1;

        output.Write("Comparing...");
        output.Flush();
        for (ulong i = 0; i < size; i++)
        {
            if (process.Load<byte>(first + i) == process.Load<byte>(second + i))
                continue;
            output.WriteLine($"areas differ at byte {i}");
            return 0;
        }

        output.WriteLine("areas are identical.");
        return 0;

        UserVirtualAddress? Map(string device)
        {
            try
            {
                int fd = process.Open(device, OpenFlags.ReadOnly);
                UserVirtualAddress address = process.Mmap(default, size, Protection.Read, MapFlags.Private, fd, offset);
                output.WriteLine($"Mapped {device} ({size} @ {offset:x}) at 0x{address.Value:x}");
                return address;
            }
            catch (SyscallException error)
            {
                stderr.WriteLine($"{device}: {error.Errno.Message}");
                return null;
            }
        }
    }
}
