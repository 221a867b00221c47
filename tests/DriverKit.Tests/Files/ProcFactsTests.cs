using System.Globalization;
using System.Text;
using DriverKit.Memory.Reclaim;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>What /proc/PID says of page tables, parents and names, and what it takes for the OOM killer.</summary>
public sealed class ProcFactsTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [Theory]
    [InlineData(Architecture.I386, 0x2000_0000, 1)]
    [InlineData(Architecture.I386Pae, 0x4000_0000, 2)]
    [InlineData(Architecture.X8664, 1L << 40, 3)]
    public void Tables_of_every_level_below_the_top_one_count(Architecture architecture, long address, int levels)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        (ulong tables, ulong all, long badness) before = Counts(kernel, process);
        process.Mmap(new((ulong)address), 4096, ReadWrite, Anonymous | MapFlags.Fixed);
        process.Store(new((ulong)address), 1);
        (ulong tables, ulong all, long badness) = Counts(kernel, process);
        ulong kib = 4 * (ulong)levels;
        Assert.Equal((before.tables + kib, before.all + kib, before.badness + 1 + levels), (tables, all, badness));
        Audit.AddressSpaces(kernel);
        UserProcess child = process.Fork();
        Audit.AddressSpaces(kernel);
        child.Exit();
        process.Munmap(new((ulong)address), 4096);
        Assert.Equal(before, Counts(kernel, process));
        process.Exit();
        Assert.Equal("0", Value(kernel.ReadFile("/proc/meminfo"), "PageTables"));
    }

    [Fact]
    public void Oom_score_adj_is_written_from_outside_and_by_a_process()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        string path = $"/proc/{process.Pid}/oom_score_adj";
        foreach ((string text, int value) in new[] { ("-1000", -1000), ("1000\n", 1000), (" +17 \n", 17), ("0x10", 16), ("-010", -8), ("0", 0), ("5\0x", 5) })
        {
            kernel.WriteFile(path, text);
            Assert.Equal((value, $"{value}\n"), (process.OomScoreAdj, kernel.ReadFile(path)));
        }

        foreach (string bad in new[] { "", " ", "\n", "-1001", "1001", "x", "1x", "1 2", "--1", "+-1", "+", "-", "٣", "2147483647", "-2147483648" })
            Expect.Errno(EINVAL, () => kernel.WriteFile(path, bad));
        foreach (string large in new[] { "2147483648", "-2147483649", "99999999999999" })
            Expect.Errno(ERANGE, () => kernel.WriteFile(path, large));
        Assert.Equal(5, process.OomScoreAdj);

        int fd = process.Open("/proc/self/oom_score_adj", OpenFlags.ReadWrite);
        Assert.Equal(4, process.Write(fd, "300\n"u8));
        Assert.Equal(3, process.Write(fd, "301"u8));
        byte[] read = new byte[8];
        Assert.Equal(4, process.Read(fd, read));
        Assert.Equal("301\n"u8, read.AsSpan(0, 4));
        Assert.Equal(3, process.Write(fd, "302"u8));
        Assert.Equal(302, process.OomScoreAdj);
        Expect.Errno(EINVAL, () => process.Write(fd, "1001"u8));
        Expect.Errno(EFAULT, () => process.Write(fd, new UserVirtualAddress(8), 3));
        Assert.Equal(0x81A4u, process.Stat(path).StMode);
        UserProcess other = kernel.CreateProcess("other");
        int gone = other.Open(path, OpenFlags.ReadWrite);
        process.Exit();
        Expect.Errno(ESRCH, () => other.Write(gone, "1"u8));
        Assert.Equal(0, other.Read(gone, read));
        Expect.Errno(EACCES, () => kernel.WriteFile($"/proc/{other.Pid}/oom_score", "1"));
    }

    [Fact]
    public void Oom_score_adj_is_that_of_all_who_share_the_memory_but_a_vfork_child_may_have_its_own()
    {
        Kernel kernel = Boot();
        UserProcess one = kernel.CreateProcess("one");
        UserProcess two = one.Clone(CloneFlags.Vm), child = one.Fork();
        kernel.WriteFile($"/proc/{two.Pid}/oom_score_adj", "700");
        Assert.Equal((700, 700, 0), (one.OomScoreAdj, two.OomScoreAdj, child.OomScoreAdj));
        UserProcess started = child.Vfork();
        kernel.WriteFile($"/proc/{started.Pid}/oom_score_adj", "-5");
        Assert.Equal((0, -5), (child.OomScoreAdj, started.OomScoreAdj));
        started.Exit();
    }

    [Fact]
    public void A_child_knows_its_parent_and_an_orphan_is_a_child_of_1()
    {
        Kernel kernel = Boot();
        UserProcess parent = kernel.CreateProcess("parent");
        UserProcess child = parent.Fork(), grandchild = child.Fork(), thread = parent.Clone(CloneFlags.Vm), vforked = parent.Vfork();
        Assert.Equal("1", Ppid(parent));
        foreach (UserProcess each in new[] { child, thread, vforked })
            Assert.Equal($"{parent.Pid}", Ppid(each));
        Assert.Equal($"{child.Pid}", Ppid(grandchild));
        vforked.Exit();
        foreach ((uint type, int at) in new[] { (1u, 28), (3u, 16) })
            Assert.Equal(child.Pid, BitConverter.ToInt32(CoreDumps.CoreDumpTests.Dump(kernel, grandchild).Notes().Single(note => note.Type == type).Contents, at));
        child.Exit();
        Assert.Equal(("1", 1), (Ppid(grandchild), grandchild.Ppid));
        Assert.Equal($"{parent.Pid}", Ppid(thread));
        parent.Exit();
        Assert.Equal("1", Ppid(thread));

        string Ppid(UserProcess process)
        {
            string text = Value(kernel.ReadFile($"/proc/{process.Pid}/status"), "PPid");
            Assert.Equal(process.Ppid.ToString(CultureInfo.InvariantCulture), text);
            return text;
        }
    }

    [Fact]
    public void A_line_of_maps_and_of_status_stays_one_line_whatever_the_name()
    {
        Kernel kernel = Boot();
        const string Name = "two\nlines and a \\ blank";
        UserProcess process = kernel.CreateProcess("n\na\\me");
        int fd = process.Open("/tmp/" + Name, OpenFlags.ReadWrite | OpenFlags.Create);
        process.Write(fd, "x"u8);
        process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        string[] lines = kernel.ReadFile($"/proc/{process.Pid}/maps").TrimEnd('\n').Split('\n');
        Assert.Equal(process.Mm.MapCount, lines.Length);
        Assert.Single(lines, line => line.EndsWith(@" /tmp/two\012lines and a \ blank", StringComparison.Ordinal));
        process.Unlink("/tmp/" + Name);
        Assert.Contains(@" /tmp/two\012lines and a \ blank (deleted)" + "\n", kernel.ReadFile($"/proc/{process.Pid}/smaps"));
        Assert.StartsWith(@"Name:" + "\t" + @"n\na\\me" + "\nUmask:", kernel.ReadFile($"/proc/{process.Pid}/status"));
        Assert.Contains("/tmp/two\nlines", Encoding.UTF8.GetString(CoreDumps.CoreDumpTests.Dump(kernel, process).Notes().Single(note => note.Type == 0x46494c45).Contents));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    public void With_the_highest_swappiness_anonymous_pages_leave_for_swap(int swappiness)
    {
        Kernel kernel = Boot();
        kernel.SwapOn(new RamDisk(64.MiB()));
        kernel.WriteFile("/proc/sys/vm/swappiness", $"{swappiness}");
        Assert.Equal($"{swappiness}\n", kernel.ReadFile("/proc/sys/vm/swappiness"));
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 40.MiB(), ReadWrite, Anonymous | MapFlags.NoReserve);
        for (ulong i = 0; i < 40.MiB() / PageSize; i++)
            process.Store(area + i * PageSize, (int)i);
        Assert.True(process.Mm.SwapEntries > 1000);
        Assert.Equal(7, process.Load<int>(area + 7ul * PageSize));
    }

    private static (ulong Tables, ulong All, long Badness) Counts(Kernel kernel, UserProcess process) => (
        ulong.Parse(Value(kernel.ReadFile($"/proc/{process.Pid}/status"), "VmPTE"), CultureInfo.InvariantCulture),
        ulong.Parse(Value(kernel.ReadFile("/proc/meminfo"), "PageTables"), CultureInfo.InvariantCulture),
        OomKiller.Badness(process.Mm, 0, kernel.Memory.TotalPages));

    private static string Value(string text, string key) =>
        text.Split('\n').Single(line => line.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Replace(" kB", "", StringComparison.Ordinal).Trim();
}
