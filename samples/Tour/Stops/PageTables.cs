// A process maps /dev/simplen and touches one page: the page table before and after, and what the driver saw.
namespace Samples.Tour.Stops;

internal static class PageTables
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        PhysicalAddress text = default;
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress page = GetZeroedPage(GfpFlags.Kernel);
            Memcpy(page, "a page of kernel memory"u8);
            text = Pa(page);
        });

        UserProcess mapper = kernel.CreateProcess("mapper");
        int fd = mapper.Open("/dev/simplen");
        UserVirtualAddress area = mapper.Mmap(default, 2 * PageSize, Protection.Read, MapFlags.Shared, fd, text.Value);
        mapper.Close(fd);
        guide.Say($"{mapper} maps two pages at offset {text} and closes the file: the area keeps it open. The page tables are empty yet.");
        guide.Show($"$ cat /proc/{mapper.Pid}/maps\n{kernel.ReadFile($"/proc/{mapper.Pid}/maps")}");
        string before = kernel.WalkPageTables(mapper, area);
        guide.Show(before);
        guide.Claim(before.Contains("not present"), "mmap of /dev/simplen installs nothing");

        Span<byte> bytes = stackalloc byte[23];
        mapper.LoadBytes(area, bytes);
        string seen = System.Text.Encoding.ASCII.GetString(bytes);
        string after = kernel.WalkPageTables(mapper, area);
        guide.Say($"A load misses the TLB, faults, and nopage returns the page. The load is repeated and reads \"{seen}\".");
        guide.Show(after);
        guide.Claim(seen == "a page of kernel memory", "the process reads what the kernel wrote");
        guide.Claim(after.EndsWith($"physical {text}\n", StringComparison.Ordinal), "the entry points at the page that was asked for");

        mapper.Munmap(area, PageSize);
        UserProcess child = mapper.Fork();
        child.Exit();
        mapper.Exit();
        string[] log = [.. kernel.Log.ToString().Split('\n').Where(line => line.StartsWith("Simple VMA", StringComparison.Ordinal))];
        guide.Say("""
            The driver's view in dmesg. munmap of the first page splits the area: the new part is opened before the old one is
            closed. fork opens the child's; each exit closes one. As many closes as opens, or a counting driver leaks.
            """);
        guide.Show(log);
        guide.Claim(log.Count(line => line.Contains("open")) == 3, "three opens");
        guide.Claim(log.Count(line => line.Contains("close")) == 3, "three closes");
        guide.Text = text;
    }
}
