// A file mapping, the disk behind it, and a process that uses twice the memory there is.
using System.Text;

namespace Samples.Tour.Stops;

internal static class MoreThanMemory
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    public static void Visit(Guide guide)
    {
        using Kernel kernel = Kernel.Boot(new MachineOptions { MemorySize = 16.MiB() });
        using var disk = new RamDisk(64.MiB());
        kernel.SwapOn(disk);
        kernel.WriteFile("/tmp/letter", "Dear John,");
        UserProcess writer = kernel.CreateProcess("writer");
        int fd = writer.Open("/tmp/letter", OpenFlags.ReadWrite);
        UserVirtualAddress letter = writer.Mmap(default, PageSize, ReadWrite, MapFlags.Shared, fd);

        guide.Say("A second, smaller machine: 16 MiB and a swap disk. A store to a shared file mapping is in memory; msync puts it on the disk.");
        writer.StoreBytes(letter + 5ul, "Mary,"u8);
        string inMemory = kernel.ReadFile("/tmp/letter"), before = OnDisk();
        writer.Msync(letter, PageSize, MsyncFlags.Sync);
        guide.Show($"in memory \"{inMemory}\", on the disk \"{before}\"; after msync, on the disk \"{OnDisk()}\"");
        guide.Claim(inMemory == "Dear Mary," && before != inMemory && OnDisk() == inMemory, "msync writes the page back");

        guide.Say("Now it fills 32 MiB. Reclaim looks for pages nobody has used since the last look and writes them to swap; a load brings them back.");
        const ulong Size = 32 << 20;
        UserVirtualAddress much = writer.Mmap(default, Size, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        for (ulong at = 0; at < Size; at += PageSize)
            writer.Store(much + at, at);
        ulong swapped = writer.Mm.SwapEntries;
        bool allThere = true;
        for (ulong at = 0; at < Size; at += PageSize)
            allThere &= writer.Load<ulong>(much + at) == at;
        guide.Show($"resident {writer.Mm.AnonRss} pages, in swap {swapped}; {writer.Mm.MajorFaults} major faults on the way back");
        guide.Show(kernel.ReadFile("/proc/vmstat").Split('\n').Where(line => line.StartsWith("pswp", StringComparison.Ordinal)));
        guide.Claim(swapped > Size / PageSize / 2, "half of it does not fit");
        guide.Claim(allThere, "every word comes back");

        string OnDisk() => Encoding.UTF8.GetString(kernel.ReadDisk("/tmp/letter"));
    }
}
