using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The files of /proc/PID about memory: true by a second count, and in the host's form.</summary>
public sealed partial class ProcProcessTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [HostFileFact("/proc/self/smaps")]
    public void Smaps_has_every_line_of_the_host_in_its_form()
    {
        Kernel kernel = Boot(Architecture.X8664);
        UserProcess process = kernel.CreateProcess("p");
        process.Store(process.Mmap(default, 8192, ReadWrite, Anonymous), 1);
        AssertSameForm("/proc/self/smaps", Text(kernel, process, "smaps"), allOfTheHost: true);
    }

    [HostFileFact("/proc/self/status")]
    public void Status_has_the_hosts_form() =>
        AssertSameForm("/proc/self/status", TextOfAProcess("status"), allOfTheHost: false);

    [HostFileFact("/proc/self/statm")]
    public void Statm_has_the_hosts_form() => Assert.Equal(Form(File.ReadAllText("/proc/self/statm")), Form(TextOfAProcess("statm")));

    [HostFileFact("/proc/self/oom_score")]
    public void Oom_score_has_the_hosts_form()
    {
        Assert.Matches(@"^\d+\n$", File.ReadAllText("/proc/self/oom_score"));
        Assert.Matches(@"^\d+\n$", TextOfAProcess("oom_score"));
        Assert.Matches(@"^-?\d+\n$", File.ReadAllText("/proc/self/oom_score_adj"));
        Assert.Equal("0\n", TextOfAProcess("oom_score_adj"));
    }

    [HostFileFact("/proc/meminfo")]
    public void Meminfo_has_the_hosts_form_and_order()
    {
        Kernel kernel = Boot(Architecture.X8664);
        string text = kernel.ReadFile("/proc/meminfo");
        AssertSameForm("/proc/meminfo", text, allOfTheHost: false);
        HashSet<string> host = [.. File.ReadLines("/proc/meminfo").Select(Key)];
        Assert.Subset(host, Lines(text).Select(Key).ToHashSet());
        Assert.Equal(File.ReadLines("/proc/meminfo").Select(Key).Where(Lines(text).Select(Key).ToHashSet().Contains), Lines(text).Select(Key));
    }

    [HostFileFact("/proc/swaps")]
    public void Swaps_has_the_hosts_header() =>
        Assert.Equal(File.ReadLines("/proc/swaps").First(), Lines(Boot().ReadFile("/proc/swaps")).Single());

    [Fact]
    public void Swaps_has_a_line_a_disk_that_splits_at_blanks()
    {
        Kernel kernel = Boot();
        kernel.SwapOn(new RamDisk(1.MiB() + 4096));
        kernel.SwapOn(new RamDisk(16.GiB(), "/dev/my disk"), 7);
        Assert.Equal(
            ["/dev/ram0".PadRight(40) + "partition\t1024\t\t0\t\t-1", @"/dev/my\040disk".PadRight(40) + "partition\t16777212\t0\t\t7"],
            Lines(kernel.ReadFile("/proc/swaps"))[1..]);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Smaps_tells_shared_from_private_clean_from_dirty_and_divides_what_is_shared(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress area = parent.Mmap(default, 12 * 4096, ReadWrite, Anonymous);
        for (ulong i = 0; i < 9; i++)
            parent.Store(area + i * 4096, 1);
        parent.Load<int>(area + 9 * 4096ul);
        UserProcess child = parent.Fork(), third = parent.Fork();
        child.Store(area, 2);
        Dictionary<string, string> of = Area(kernel, parent, area);
        Assert.Equal(("48", "36", "36", "0"), (of["Size"], of["Rss"], of["Shared_Dirty"], of["Private_Dirty"]));
        // Eight pages are mapped three times, one twice: 8 * 4/3 + 4/2 = 12.66.
        Assert.Equal(("12", "12", "36", "0", "0"), (of["Pss"], of["Pss_Dirty"], of["Anonymous"], of["Private_Clean"], of["Swap"]));
        Assert.Equal(("36", "14", "4"), (Area(kernel, child, area)["Rss"], Area(kernel, child, area)["Pss"], Area(kernel, child, area)["Private_Dirty"]));
        third.Exit();
        child.Exit();
        of = Area(kernel, parent, area);
        Assert.Equal(("36", "36", "36"), (of["Rss"], of["Pss"], of["Private_Dirty"]));
        Assert.Equal("rd wr mr mw me ac ", of["VmFlags"]);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Raw_frames_count_nowhere_and_inserted_pages_in_the_resident_set(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress raw = process.Mmap(default, 3 * 4096, Protection.Read, MapFlags.Shared, process.Open("/dev/remap")),
            inserted = process.Mmap(default, 3 * 4096, Protection.Read, MapFlags.Shared, process.Open("/dev/insert"));
        process.Load<int>(raw);
        process.Load<int>(inserted);
        Assert.Equal(("0", "0", "12"), (Area(kernel, process, raw)["Rss"], Area(kernel, process, raw)["Pss"], Area(kernel, process, raw)["Size"]));
        Assert.Contains("pf ", Area(kernel, process, raw)["VmFlags"]);
        Assert.Contains("io ", Area(kernel, process, raw)["VmFlags"]);
        Dictionary<string, string> of = Area(kernel, process, inserted);
        Assert.Equal(("12", "12", "0"), (of["Rss"], of["Pss"], of["Anonymous"]));
        Assert.Contains("mm ", of["VmFlags"]);
        Dictionary<string, string> status = Keys(Text(kernel, process, "status"));
        Assert.Equal(("12", "0"), (status["RssFile"], status["RssAnon"]));
        Assert.Equal(process.Mm.Rss, ulong.Parse(Text(kernel, process, "statm").Split(' ')[1]));
    }

    [Fact]
    public void Smaps_adds_up_to_status_and_to_the_counters()
    {
        Kernel kernel = Boot(Architecture.X8664);
        kernel.SwapOn(new RamDisk(16.MiB()));
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress anonymous = process.Mmap(default, 7600 * 4096, ReadWrite, Anonymous), locked = process.Mmap(default, 20 * 4096, ReadWrite, Anonymous);
        process.Load<int>(process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, process.Open("/dev/nopage")));
        process.Mlock(locked, 10 * 4096);
        UserVirtualAddress shared = process.Mmap(default, 20 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Anonymous);
        for (ulong i = 0; i < 20; i++)
            process.Store(shared + i * 4096, 1);
        for (ulong i = 0; i < 7600; i++)
            process.Store(anonymous + i * 4096, 1);
        Assert.True(process.Mm.SwapEntries > 100);
        List<Dictionary<string, string>> areas = Areas(Text(kernel, process, "smaps"));
        ulong Sum(string key) => areas.Aggregate(0ul, (sum, area) => sum + ulong.Parse(area[key]));
        Dictionary<string, string> status = Keys(Text(kernel, process, "status"));
        Assert.Equal(Sum("Rss"), ulong.Parse(status["VmRSS"]));
        Assert.Equal(Sum("Anonymous"), ulong.Parse(status["RssAnon"]));
        Assert.Equal(Sum("Size"), ulong.Parse(status["VmSize"]));
        Assert.Equal(ulong.Parse(status["VmRSS"]), ulong.Parse(status["RssAnon"]) + ulong.Parse(status["RssFile"]) + ulong.Parse(status["RssShmem"]));
        Assert.Equal((40ul, 40ul), (Sum("Locked"), ulong.Parse(status["VmLck"])));
        ulong shmemSwapped = 80 - ulong.Parse(status["RssShmem"]);
        Assert.Equal(Sum("Swap"), ulong.Parse(status["VmSwap"]) + shmemSwapped);
        Assert.Equal(Sum("SwapPss"), ulong.Parse(status["VmSwap"]));
        Assert.Equal(kernel.VirtualMemory.Swap.TotalPages - kernel.VirtualMemory.Swap.FreePages, (Sum("Swap") >> 2) + kernel.VirtualMemory.SwapCache.Count - CachedTwice(kernel, process));
        Dictionary<string, string> memory = Keys(kernel.ReadFile("/proc/meminfo"));
        Assert.Equal(status["RssAnon"], memory["AnonPages"]);
        Assert.Equal(ulong.Parse(status["VmPTE"]) + 4, ulong.Parse(memory["PageTables"]));
        Assert.Equal(ulong.Parse(memory["SwapTotal"]) - ulong.Parse(memory["SwapFree"]), ulong.Parse(Lines(kernel.ReadFile("/proc/swaps"))[1].Split('\t', StringSplitOptions.RemoveEmptyEntries)[2]));
        Assert.Equal(memory["Shmem"], status["RssShmem"]);
        Assert.True(ulong.Parse(status["VmHWM"]) >= ulong.Parse(status["VmRSS"]) && ulong.Parse(status["VmPeak"]) >= ulong.Parse(status["VmSize"]));
        Assert.Equal(
            [process.Mm.TotalVm, process.Mm.Rss, process.Mm.FileRss + process.Mm.ShmemRss, 0, 0, process.Mm.DataVm + process.Mm.StackVm, 0],
            Text(kernel, process, "statm").Split(' ').Select(ulong.Parse));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Pagemap_says_of_each_page_whether_it_is_there_swapped_of_a_file_and_where(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.SwapOn(new RamDisk(64.MiB()));
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress nopage = process.Mmap(default, 4 * 4096, Protection.Read, MapFlags.Shared, process.Open("/dev/nopage")),
            raw = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, process.Open("/dev/remap")),
            anonymous = process.Mmap(default, 8000 * 4096, ReadWrite, Anonymous);
        process.Load<int>(nopage + 4096ul);
        process.Load<int>(raw);
        for (ulong i = 0; i < 7999; i++)
            process.Store(anonymous + i * 4096, 1);
        process.Load<int>(anonymous + 7999 * 4096ul);
        int fd = process.Open("/proc/self/pagemap");
        ulong Entry(UserVirtualAddress address)
        {
            byte[] bytes = new byte[8];
            Assert.Equal((long)address.Value / 512, process.Lseek(fd, (long)address.Value / 512));
            Assert.Equal(8, process.Read(fd, bytes));
            return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        }

        ulong Frame(UserVirtualAddress address)
        {
            Assert.True(kernel.VirtualMemory.Tables.TryFind(process.Mm, address.Value, out PhysicalAddress where));
            return kernel.VirtualMemory.Tables.Read(where).Pfn.Value;
        }

        Assert.Equal(0ul, Entry(nopage));
        Assert.Equal(1ul << 63 | 1ul << 61 | 1ul << 56 | Frame(nopage + 4096ul), Entry(nopage + 4096ul));
        Assert.Equal(1ul << 63 | Frame(raw), Entry(raw));
        Assert.Equal(1ul << 63 | 1ul << 56 | Frame(anonymous + 7998 * 4096ul), Entry(anonymous + 7998 * 4096ul));
        Assert.Equal(1ul << 63 | kernel.VirtualMemory.Tables.ZeroPage.Pfn.Value, Entry(anonymous + 7999 * 4096ul));
        var blocks = new HashSet<ulong>();
        ulong swapped = 0;
        for (ulong i = 0; i < 7999; i++)
        {
            ulong entry = Entry(anonymous + i * 4096);
            Assert.Equal(1ul, (entry >> 63) + (entry >> 62 & 1));
            if (entry >> 63 != 0)
                continue;
            swapped++;
            Assert.Equal(0ul, entry & 31);
            Assert.True(blocks.Add(entry & (1ul << 55) - 1), "two pages in one block");
        }

        Assert.Equal(process.Mm.SwapEntries, swapped);
        Assert.True(swapped > 100);
    }

    [Fact]
    public void Pagemap_reads_whole_entries_up_to_the_end_of_the_address_space()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p"), other = kernel.CreateProcess("other");
        int fd = other.Open($"/proc/{process.Pid}/pagemap");
        Expect.Errno(EINVAL, () => other.Read(fd, new byte[7]));
        Assert.Equal(0, other.Read(fd, []));
        Assert.Equal(4, other.Lseek(fd, 4));
        Expect.Errno(EINVAL, () => other.Read(fd, new byte[8]));
        long end = (long)(process.Mm.TaskSize / 512);
        other.Lseek(fd, end - 16);
        Assert.Equal(16, other.Read(fd, new byte[64]));
        Assert.Equal(0, other.Read(fd, new byte[64]));
        other.Lseek(fd, end + 80);
        Assert.Equal(0, other.Read(fd, new byte[64]));
        Expect.Errno(EINVAL, () => other.Lseek(fd, 0, SeekWhence.End));
        Assert.Equal(end + 88, other.Lseek(fd, 8, SeekWhence.Current));
        other.Lseek(fd, 0);
        Expect.Errno(EFAULT, () => other.Read(fd, new UserVirtualAddress(8), 8));
        other.Lseek(fd, 0);
        Assert.Equal(end, kernel.ReadFile($"/proc/{process.Pid}/pagemap").Length > 0 ? end : 0);
        process.Exit();
        Assert.Equal(0, other.Read(fd, new byte[8]));
        Expect.Errno(EINVAL, () => other.Write(other.Open("/proc/self/pagemap", OpenFlags.ReadWrite), new byte[8]));
        foreach (string name in new[] { "pagemap", "cmdline", "auxv" })
            other.Truncate($"/proc/self/{name}", 0);
    }

    [Fact]
    public void Status_tells_who_it_is_and_self_is_the_one_that_reads()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("a-program-with-a-long-name");
        process.Open("/proc/self/status");
        Dictionary<string, string> status = Keys(Text(kernel, process, "status"));
        Assert.Equal(("a-program-with-", "S (sleeping)", $"{process.Pid}", "0022", "32", "132"), (status["Name"], status["State"], status["Pid"], status["Umask"], status["FDSize"], status["VmStk"]));
        byte[] text = new byte[4096];
        int read = process.Read(process.Open("/proc/self/status"), text);
        Assert.Contains($"State:\tR (running)\nTgid:\t{process.Pid}\n", System.Text.Encoding.UTF8.GetString(text, 0, read));
        for (int i = 0; i < 100; i++)
            process.Open("/dev/null");
        Assert.Equal("256", Keys(Text(kernel, process, "status"))["FDSize"]);
    }

    [Fact]
    public void Oom_score_grows_with_memory_and_with_the_users_wish()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int Score() => int.Parse(Text(kernel, process, "oom_score"), CultureInfo.InvariantCulture);
        Assert.InRange(Score(), 666, 667);
        process.Mmap(default, 4.MiB(), ReadWrite, Anonymous | MapFlags.Populate);
        ulong share = 1024 * 1000 / kernel.Memory.TotalPages * 2 / 3;
        Assert.InRange(Score(), 666 + (int)share, 669 + (int)share);
        process.OomScoreAdj = 500;
        Assert.Equal("500\n", Text(kernel, process, "oom_score_adj"));
        Assert.InRange(Score(), 980 + (int)share, 1003 + (int)share);
        process.OomScoreAdj = UserProcess.OomScoreAdjMin;
        Assert.Equal((0, "-1000\n"), (Score(), Text(kernel, process, "oom_score_adj")));
    }

    /// <summary>Blocks whose page is in memory too and mapped nowhere else.</summary>
    private static ulong CachedTwice(Kernel kernel, UserProcess process)
    {
        ulong count = 0;
        foreach (VmAreaStruct vma in process.Mm.Mmap)
        {
            ulong at = vma.VmStart.Value;
            for (; kernel.VirtualMemory.Tables.NextEntry(process.Mm, ref at, vma.VmEnd.Value, out PhysicalAddress where); at += PageSize)
            {
                PageTableEntry entry = kernel.VirtualMemory.Tables.Read(where);
                if (!entry.IsResident && kernel.VirtualMemory.SwapCache.Find(Memory.Cache.SwapEntry.Of(entry)) is not null)
                    count++;
            }
        }

        return count;
    }

    private string TextOfAProcess(string file)
    {
        Kernel kernel = Boot(Architecture.X8664);
        return Text(kernel, kernel.CreateProcess("p"), file);
    }

    private static string Text(Kernel kernel, UserProcess process, string file) => kernel.ReadFile($"/proc/{process.Pid}/{file}");

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');

    private static string Key(string line) => line.Split(':')[0];

    private static Dictionary<string, string> Keys(string text) => Lines(text).ToDictionary(Key, line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Replace(" kB", "").Trim());

    private static Dictionary<string, string> Area(Kernel kernel, UserProcess process, UserVirtualAddress address) =>
        Areas(Text(kernel, process, "smaps")).Single(area => Range().Match(area["range"]) is var range
            && Convert.ToUInt64(range.Groups[1].Value, 16) <= address.Value && Convert.ToUInt64(range.Groups[2].Value, 16) > address.Value);

    private static List<Dictionary<string, string>> Areas(string text)
    {
        var areas = new List<Dictionary<string, string>>();
        foreach (string line in Lines(text))
        {
            if (Range().IsMatch(line))
                areas.Add(new() { ["range"] = line });
            else
                areas[^1].Add(Key(line), Key(line) == "VmFlags" ? line[9..] : line.Split(':')[1].Replace("kB", "").Trim());
        }

        return areas;
    }

    /// <summary>Each line has the form of the host's line with its key: the same column for the value, the same unit.</summary>
    private static void AssertSameForm(string hostFile, string text, bool allOfTheHost)
    {
        var host = new Dictionary<string, string>();
        foreach (string line in File.ReadLines(hostFile).Where(line => !Range().IsMatch(line) && line.Contains(':')))
            host.TryAdd(Key(line), line);
        string[] lines = [.. Lines(text).Where(line => !Range().IsMatch(line))];
        Assert.All(lines.Where(line => host.ContainsKey(Key(line))), line => Assert.Equal(Form(host[Key(line)]), Form(line)));
        Assert.InRange(lines.Select(Key).Distinct().Count(host.ContainsKey), 20, int.MaxValue);
        if (allOfTheHost)
            Assert.Equal(host.Keys.Where(key => key != "ProtectionKey"), lines.Select(Key).Distinct());
    }

    /// <summary>A right-aligned number stands for its column; other words stand for themselves.</summary>
    private static string Form(string line)
    {
        string key = Key(line);
        return key switch
        {
            "VmFlags" => Letters().Replace(line, "## "),
            "Name" => "Name:\t#",
            "CapInh" or "CapPrm" or "CapEff" or "CapBnd" => $"{key}\t{line.Length}",
            "State" => State().Replace(line, "#"),
            _ => Number().Replace(line, match => match.Groups[1].Success ? new string('#', Math.Max(match.Groups[1].Length, 8)) + " kB" : "#"),
        };
    }

    [GeneratedRegex("^([0-9a-f]+)-([0-9a-f]+) [r-][w-][x-][ps] ")]
    private static partial Regex Range();

    [GeneratedRegex(@"( *\d+) kB|\d+")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?<=: |^)([a-z]{2} )+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"[RSDTtXZPI] \([a-z ]+\)$")]
    private static partial Regex State();
}
