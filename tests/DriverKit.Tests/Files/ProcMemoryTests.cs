using System.Text.RegularExpressions;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The memory texts of /proc: true, and in the columns that the usual tools read.</summary>
public sealed partial class ProcMemoryTests : KernelTest
{
    [HostFileFact("/proc/vmstat")]
    public void Vmstat_has_the_hosts_form_in_every_line_that_both_have()
    {
        Dictionary<string, string> host = ByKey("/proc/vmstat", line => line.Split(' ')[0]);
        Kernel kernel = BootWithHighMemory();
        string[] lines = Lines(kernel, "vmstat");
        AssertSameForm(host, lines, line => line.Split(' ')[0], Last, atLeast: 30);
        Assert.Equal(lines.Length, lines.Select(line => line.Split(' ')[0]).Distinct().Count());
    }

    [HostFileFact("/proc/zoneinfo")]
    public void Zoneinfo_has_the_hosts_form_in_every_line_that_both_have()
    {
        static string Key(string line) => Word().Match(line.Replace("pages free", "pages")).Value;
        Dictionary<string, string> host = ByKey("/proc/zoneinfo", Key);
        Kernel kernel = BootWithHighMemory(Architecture.X8664);
        AssertSameForm(host, Lines(kernel, "zoneinfo"), Key, Last, atLeast: 15);
        Assert.Equal(Last(host["Node"]), Last(Lines(kernel, "zoneinfo")[0]));
    }

    [HostFileFact("/proc/buddyinfo")]
    public void Buddyinfo_has_the_hosts_columns()
    {
        Kernel kernel = BootWithHighMemory();
        string host = File.ReadLines("/proc/buddyinfo").First();
        Assert.All(Lines(kernel, "buddyinfo"), line => Assert.Equal(Columns(host), Columns(line)));
    }

    [HostFileFact("/proc/pagetypeinfo")]
    public void Pagetypeinfo_has_the_hosts_columns()
    {
        static string Key(string line) => line.StartsWith("Node ", StringComparison.Ordinal) ? line.Contains("type") ? "free" : "blocks" : line[..Math.Min(line.Length, 16)];
        Dictionary<string, string> host = ByKey("/proc/pagetypeinfo", Key);
        Kernel kernel = BootWithHighMemory();
        string[] lines = Lines(kernel, "pagetypeinfo");
        foreach (string line in lines.Where(line => Key(line) is not ("" or "Page block order" or "Pages per block:" or "Number of blocks" or "blocks")))
            Assert.Equal(Columns(host[Key(line)]), Columns(line));
        // Kinds differ between kernels; the width of a column does not.
        foreach (string line in lines.Where(line => Key(line) is "Number of blocks" or "blocks"))
            Assert.Equal(0, (host[Key(line)].Length - line.Length) % 13);
        Assert.Equal(3, lines.Count(line => Key(line) == "blocks"));
    }

    [HostFileFact("/proc/slabinfo")]
    public void Slabinfo_has_the_hosts_header_and_columns()
    {
        string[] host = [.. File.ReadLines("/proc/slabinfo").Take(200)];
        Kernel kernel = Boot();
        string[] lines = Lines(kernel, "slabinfo");
        Assert.Equal(host[..2], lines[..2]);
        string form = Columns(host[2..].First(line => line.IndexOf(' ', StringComparison.Ordinal) is > 0 and < 17 && !char.IsAsciiDigit(line[line.IndexOf(' ', StringComparison.Ordinal) - 1])))[17..];
        Assert.All(lines[2..].Where(line => line.IndexOf(' ', StringComparison.Ordinal) <= 17), line => Assert.Equal(form, Columns(line)[17..]));
        Assert.True(lines.Length > 30);
    }

    [HostFileFact("/proc/vmallocinfo")]
    public void Vmallocinfo_has_the_hosts_form_less_the_caller()
    {
        Kernel kernel = BootWithHighMemory(Architecture.X8664);
        Keeps(kernel, 4, "what its kernel code allocates");
        kernel.AddDevice(new MmioMemory("card", new PhysicalAddress(0xE000_0000), 1 << 16));
        kernel.RunKernelThread(() =>
        {
            Vmalloc(4 * 4096);
            Ioremap(new PhysicalAddress(0xE000_1000), 4096);
        });
        static string Form(string line) => Number().Replace(Caller().Replace(line, ""), "#");
        HashSet<string> host = [.. File.ReadLines("/proc/vmallocinfo").Select(Form)];
        string[] lines = Lines(kernel, "vmallocinfo");
        Assert.Equal(["0x#-0x# # pages=# vmalloc N#=#", "0x#-0x# # phys=0x# ioremap"], lines.Select(Form));
        Assert.All(lines.Select(Form).Where(form => !host.Contains(form)), form => Assert.DoesNotContain(host, other => other.Contains(form.Split(' ')[^1], StringComparison.Ordinal)));
        Assert.Equal("0xffffc20000000000-0xffffc20000005000   20480 pages=4 vmalloc N0=4", lines[0]);
        Assert.Equal("0xffffc20000005000-0xffffc20000007000    8192 phys=0x00000000e0001000 ioremap", lines[1]);
    }

    [Fact]
    public void Vmallocinfo_of_a_32_bit_machine_has_short_addresses_and_counts_pages_by_node()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 64.MiB(), Nodes = 2 });
        KernelVirtualAddress area = kernel.Run(() => Vmalloc(36 << 20));
        string line = Assert.Single(Lines(kernel, "vmallocinfo"));
        Match match = Regex.Match(line, @"^0x([0-9a-f]{8})-0x[0-9a-f]{8} 37752832 pages=9216 vmalloc N0=(\d+) N1=(\d+)$");
        Assert.True(match.Success, line);
        Assert.Equal(area.Value, Convert.ToUInt64(match.Groups[1].Value, 16));
        Assert.Equal(9216, int.Parse(match.Groups[2].Value) + int.Parse(match.Groups[3].Value));
        kernel.RunKernelThread(() => Vfree(area));
        Assert.Equal("", kernel.ReadFile("/proc/vmallocinfo"));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Pagetypeinfo_adds_up_to_buddyinfo_and_to_the_zones(Architecture architecture)
    {
        Kernel kernel = BootWithHighMemory(architecture);
        Keeps(kernel, 24, "the pages it allocates");
        kernel.RunKernelThread(() =>
        {
            foreach (GfpFlags flags in new[] { GfpFlags.Kernel, GfpFlags.Temporary, GfpFlags.HighUserMovable })
                Assert.NotNull(AllocPages(flags, 3));
        });
        string[] lines = Lines(kernel, "pagetypeinfo");
        foreach (string buddy in Lines(kernel, "buddyinfo"))
        {
            string zone = buddy[..22].Split("zone")[1].Trim();
            ulong[] sums = new ulong[11];
            foreach (string line in lines.Where(line => line.Contains($" {zone}, type", StringComparison.Ordinal)))
            {
                foreach ((ulong count, int order) in Numbers(line[(line.IndexOf("type", StringComparison.Ordinal) + 17)..]).Select((count, order) => (count, order)))
                    sums[order] += count;
            }

            Assert.Equal(Numbers(buddy[22..]), sums);
            Zone present = kernel.Memory.PopulatedZones.Single(z => z.Name == zone);
            string blocks = lines.Single(line => line.StartsWith($"Node 0, zone {zone,8} ", StringComparison.Ordinal));
            Assert.Equal((present.PresentPages + 1023) / 1024, Numbers(blocks[22..]).Aggregate((a, b) => a + b));
        }
    }

    [Fact]
    public void Zoneinfo_has_a_paragraph_for_each_zone_with_memory()
    {
        Kernel kernel = BootWithHighMemory();
        string text = kernel.ReadFile("/proc/zoneinfo");
        Zone normal = kernel.Memory.PopulatedZones.Single(zone => zone.Type == ZoneType.Normal);
        Assert.Equal(["Node 0, zone      DMA", "Node 0, zone   Normal", "Node 0, zone  HighMem"], text.Split('\n').Where(line => line.StartsWith("Node", StringComparison.Ordinal)));
        Assert.Contains($"Node 0, zone   Normal\n  pages free     {normal.FreePages}\n        min      {normal.PagesMin}\n", text);
        Assert.Contains($"        spanned  225280\n        present  225280\n        managed  {normal.ManagedPages}\n        protection: (0, 0, {normal.LowmemReserve[3]})\n", text);
        Assert.Contains("  all_unreclaimable:   0\n  start_pfn:           4096\n", text);
        Assert.Equal(kernel.Memory.TotalPages, kernel.Memory.PopulatedZones.Aggregate(0ul, (sum, zone) => sum + zone.ManagedPages));
    }

    [Fact]
    public void Vmstat_lists_the_counters_of_the_zones_that_the_machine_has()
    {
        Kernel small = Boot(), large = Boot(Architecture.X8664);
        string[] Allocated(Kernel kernel) => [.. Lines(kernel, "vmstat").Select(line => line.Split(' ')[0]).Where(key => key.StartsWith("pgalloc", StringComparison.Ordinal))];
        Assert.Equal(["pgalloc_dma", "pgalloc_normal", "pgalloc_high"], Allocated(small));
        Assert.Equal(["pgalloc_dma", "pgalloc_dma32", "pgalloc_normal"], Allocated(large));
        foreach (VmEvent happening in Enum.GetValues<VmEvent>())
            Assert.Matches("^[a-z]+[a-z0-9_]*[a-z0-9]$", VmStat.NameOf(happening));
    }

    [Fact]
    public void Vmstat_counts_slab_pages_and_allocations()
    {
        Kernel kernel = Boot();
        ulong Value(string key) => ulong.Parse(Lines(kernel, "vmstat").Single(line => line.StartsWith(key + " ", StringComparison.Ordinal)).Split(' ')[1]);
        (ulong slab, ulong allocated, ulong free) = (Value("nr_slab_unreclaimable"), Value("pgalloc_normal") + Value("pgalloc_dma"), Value("nr_free_pages"));
        KernelLogicalAddress large = kernel.Run(() => Kmalloc(100_000, GfpFlags.Kernel));
        Assert.Equal((slab + 32, allocated + 32, free - 32), (Value("nr_slab_unreclaimable"), Value("pgalloc_normal") + Value("pgalloc_dma"), Value("nr_free_pages")));
        Assert.Equal(kernel.Memory.PopulatedZones.Sum(zone => zone.PageState(ZoneStat.SlabUnreclaimable)), (long)kernel.Slab.Pages);
        kernel.RunKernelThread(() => Kfree(large));
        Assert.Equal(kernel.Slab.Pages, Value("nr_slab_unreclaimable"));
    }

    [Fact]
    public void Slabinfo_and_vmstat_m_count_objects_and_slabs()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 3, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            KmemCache cache = KmemCacheCreate("a_cache_with_quite_a_long_name", 100)!;
            var objects = Enumerable.Range(0, 100).Select(_ => KmemCacheAlloc(cache, GfpFlags.Kernel)).ToArray();
            KmemCacheFree(cache, objects[0]);
        });
        Assert.Equal(
            "a_cache_with_quite_a_long_name     99    117    104   39    1 : tunables    0    0    0 : slabdata      3      3      0",
            Lines(kernel, "slabinfo").Single(line => line.StartsWith("a_cache", StringComparison.Ordinal)));
        string[] report = kernel.SlabReport().TrimEnd('\n').Split('\n');
        Assert.Equal("Cache                       Num  Total   Size  Pages", report[0]);
        Assert.Equal("a_cache_with_quite_a_lon     99    117    104     39", report[^1]);
        Assert.Equal(kernel.Slab.Caches.Count, report.Length - 1);
        Assert.Equal(kernel.Slab.Pages, Lines(kernel, "slabinfo")[2..].Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Aggregate(0ul, (sum, f) => sum + ulong.Parse(f[5]) * ulong.Parse(f[14])));
    }

    private static string[] Lines(Kernel kernel, string file) => kernel.ReadFile($"/proc/{file}").TrimEnd('\n').Split('\n');

    private static ulong[] Numbers(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ulong.Parse)];

    private static Dictionary<string, string> ByKey(string path, Func<string, string> key)
    {
        var lines = new Dictionary<string, string>();
        foreach (string line in File.ReadLines(path).Where(line => line.Length > 0))
            lines.TryAdd(key(line), line);
        return lines;
    }

    private static void AssertSameForm(Dictionary<string, string> host, string[] lines, Func<string, string> key, Func<string, string> form, int atLeast)
    {
        string[] common = [.. lines.Where(line => host.ContainsKey(key(line)))];
        Assert.InRange(common.Select(key).Distinct().Count(), atLeast, int.MaxValue);
        Assert.All(common, line => Assert.Equal(form(host[key(line)]), form(line)));
    }

    /// <summary>A line with its last words as they come: everything up to the value stands where it stands.</summary>
    private static string Last(string line) => ListOfNumbers().Replace(Names(line), "#");

    /// <summary>A line of right-aligned numbers, each with the blanks before it as so many marks.</summary>
    private static string Columns(string line) => Blanks().Replace(Names(line), match => new string('#', match.Length));

    /// <summary>A line whose zones and kinds have no names, only their width.</summary>
    private static string Names(string line) => Name().Replace(line, match => new string('*', match.Length));

    [GeneratedRegex(@"[A-Za-z_][\w]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\(?\d+(, \d+)*\)?$|[A-Za-z0-9]+$")]
    private static partial Regex ListOfNumbers();

    [GeneratedRegex(@"(?<=zone|, type) +[A-Za-z]\w*(?=[ ,]|$)")]
    private static partial Regex Name();

    [GeneratedRegex(@" +\d+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@" +[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+( \[\w+\])?")]
    private static partial Regex Caller();

    [GeneratedRegex(@"(?<=0x)[0-9a-f]+|(?<==)\d+(?!x)|(?<=N)\d+|(?<= ) *\d+(?= )")]
    private static partial Regex Number();
}
