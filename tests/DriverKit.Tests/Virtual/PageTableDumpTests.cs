using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Page tables as text, level by level.</summary>
public sealed class PageTableDumpTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    [Theory]
    [InlineData(Architecture.I386, "pgd pte")]
    [InlineData(Architecture.I386Pae, "pgd pmd pte")]
    [InlineData(Architecture.X8664, "pgd pud pmd pte")]
    public void Each_table_stands_below_the_entry_that_points_to_it(Architecture architecture, string levels)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        process.Mmap(new(0x4000_0000), 4096, ReadWrite, Fixed);
        process.Store(new(0x4000_0000), 1);
        string[] lines = kernel.DumpPageTables(process).TrimEnd('\n').Split('\n');
        Assert.Equal($"cr3 = {process.Mm.Pgd}", lines[0]);
        Assert.Equal(levels.Split(' '), lines[1..].Select(line => line.Trim()[..3]));
        PhysicalAddress table = process.Mm.Pgd;
        foreach ((string line, int level) in lines[1..].Select((line, level) => (line, level)))
        {
            PageTableLevel shape = kernel.Machine.PageTables.Format.Levels[level];
            PageTableEntry entry = kernel.Machine.PageTables.Read(kernel.Machine.PageTables.EntryAddress(table, level, 0x4000_0000));
            ulong start = 0x4000_0000 & ~(shape.Coverage - 1);
            Assert.StartsWith($"{new string(' ', 2 * level)}{shape.Name}[{shape.IndexOf(0x4000_0000)}]", line, StringComparison.Ordinal);
            Assert.Contains($" {start:x8}-{start + shape.Coverage:x8} ", line);
            table = entry.Pfn.ToPhysical();
            Assert.Contains(level == lines.Length - 2 ? $"frame {entry.Pfn} " : $" table at {table} ", line);
        }
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Neighbours_that_say_the_same_are_one_line(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        process.Mmap(new(0x4000_0000), 8 * 4096, Protection.Read, MapFlags.Shared | MapFlags.Fixed, process.Open("/dev/remap"));
        process.Mmap(new(0x4001_0000), 4 * 4096, ReadWrite, Fixed);
        for (ulong i = 0; i < 3; i++)
            process.Load<int>(new(0x4001_0000 + i * 4096));
        process.Store(new(0x4001_3000), 1);
        process.Mmap(new(0x4002_0000), 4096, ReadWrite, Fixed);
        process.Store(new(0x4002_0000), 1);
        process.Mprotect(new(0x4002_0000), 4096, Protection.None);
        string[] lines = [.. kernel.DumpPageTables(process).TrimEnd('\n').Split('\n').Where(line => line.TrimStart().StartsWith("pte", StringComparison.Ordinal))];
        Assert.Equal(4, lines.Length);
        Pfn first = ((Page[])((PagesDriver)kernel.Modules[0]).Pages)[0].Pfn, zero = kernel.VirtualMemory.Tables.ZeroPage.Pfn;
        Assert.Contains($"pte[0-7]      40000000-40008000 frames {first}-{first + 7} ", lines[0]);
        Assert.Contains($"pte[16-18]    40010000-40013000 frame {zero}, 3 times ", lines[1]);
        Assert.Matches(@"pte\[19\] +40013000-40014000 frame .* D A .*RW P$", lines[2]);
        Assert.Matches(@"pte\[32\] +40020000-40021000 frame .* RO -$", lines[3]);
        Assert.Contains("PROT_NONE", kernel.WalkPageTables(process, new(0x4002_0000)));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Swapped_pages_show_their_block(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.SwapOn(new RamDisk(16.MiB()));
        UserProcess process = kernel.CreateProcess("p");
        process.Mmap(new(0x4000_0000), 8000 * 4096, ReadWrite, Fixed);
        for (ulong i = 0; i < 8000; i++)
            process.Store(new(0x4000_0000 + i * 4096), 1);
        Assert.True(process.Mm.SwapEntries > 100);
        ulong shown = 0, frames = 0;
        foreach (string line in kernel.DumpPageTables(process).Split('\n').Where(line => line.TrimStart().StartsWith("pte", StringComparison.Ordinal)))
        {
            string[] range = line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Split('-');
            ulong pages = (Convert.ToUInt64(range[1], 16) - Convert.ToUInt64(range[0], 16)) >> 12;
            if (line.Contains(" swap area 0, block"))
                shown += pages;
            else
                frames += pages;
        }

        Assert.Equal((process.Mm.SwapEntries, process.Mm.Rss), (shown, frames));
        UserVirtualAddress swapped = new(0x4000_0000);
        while (kernel.VirtualMemory.Tables.TryFind(process.Mm, swapped.Value, out PhysicalAddress where) && kernel.VirtualMemory.Tables.Read(where).IsResident)
            swapped += 4096;
        string walk = kernel.WalkPageTables(process, swapped);
        Assert.Contains("swap area 0, block ", walk);
        Assert.Contains("not present: an access faults and brings the page back from swap", walk);
    }

    [Fact]
    public void A_range_shows_no_more_than_it_covers()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        process.Mmap(new(0x4000_0000), 2048 * 4096, ReadWrite, Fixed | MapFlags.Populate);
        string[] Pages(UserVirtualAddress start, ulong length) =>
            [.. kernel.DumpPageTables(process, start, length).Split('\n').Where(line => line.Contains("pte[")).Select(line => line.Trim().Split(' ')[0])];
        Assert.Equal(["pte[1]"], Pages(new(0x4000_1000), 4096));
        Assert.Equal(["pte[1]"], Pages(new(0x4000_1fff), 1));
        Assert.Equal(["pte[1023]", "pte[0]"], Pages(new(0x403f_f000), 8192));
        Assert.Empty(Pages(new(0x4000_0000), 0));
        Assert.Empty(Pages(new(0x3000_0000), 4096));
        Assert.Empty(Pages(new(ulong.MaxValue), ulong.MaxValue));
        Assert.Equal(kernel.DumpPageTables(process), kernel.DumpPageTables(process, default, ulong.MaxValue));
        process.Exit();
        Expect.Errno(ESRCH, () => kernel.DumpPageTables(process));
    }
}
