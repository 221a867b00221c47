using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

public sealed class ProcTests : KernelTest
{
    [Theory]
    [InlineData(Architecture.I386, 49)]
    [InlineData(Architecture.I386Pae, 49)]
    [InlineData(Architecture.X8664, 73)]
    public void Maps_has_Linuxs_columns(Architecture architecture, int column)
    {
        Kernel kernel = Boot(architecture);
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/nopage", OpenFlags.ReadWrite);
        process.Mmap(new(0x2000_0000), 8192, Protection.Read | Protection.Write, MapFlags.Shared | MapFlags.Fixed, fd, 0x3000);
        process.Mmap(new(0x2001_0000), 4096, Protection.None, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        process.Mmap(new(0x2002_0000), 4096, Protection.Exec, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed);
        process.Brk(process.Brk() + 5000ul);
        string[] lines = kernel.ReadFile($"/proc/{process.Pid}/maps").TrimEnd('\n').Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{8} rw-p 00000000 00:00 0 +\\[heap\\]$", lines[0]);
        ulong inode = process.Mm.FindVma(new(0x2000_0000))!.VmFile!.Inode.IIno;
        Assert.Equal($"20000000-20002000 rw-s 00003000 00:05 {inode} ".PadRight(column) + "/dev/nopage", lines[1]);
        Assert.Equal("20010000-20011000 ---p 00000000 00:00 0 ", lines[2]);
        Assert.Matches("^20020000-20021000 --xs 00000000 00:01 [0-9]+ +/dev/zero \\(deleted\\)$", lines[3]);
        Assert.EndsWith("[stack]", lines[4]);
        foreach (string line in lines.Where(line => line.Contains('[') || line.Contains('/')))
            Assert.Equal(column, line.IndexOfAny(['[', '/']));
        int self = process.Open("/proc/self/maps");
        byte[] text = new byte[4096];
        Assert.Equal(string.Join('\n', lines) + '\n', System.Text.Encoding.UTF8.GetString(text, 0, process.Read(self, text)));
    }

    [Theory]
    [InlineData("/dev/nopage")]
    [InlineData("//dev/./nopage")]
    [InlineData("dev/nopage")]
    [InlineData("/../proc/../dev/nopage")]
    public void Maps_prints_a_file_by_its_path_from_the_root(string path)
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, process.Open(path));
        Assert.Contains(" /dev/nopage\n", kernel.ReadFile($"/proc/{process.Pid}/maps"));
    }

    [Fact]
    public void Looking_at_proc_does_not_change_the_numbers_of_nodes_in_dev()
    {
        ulong Inode(int looks)
        {
            Kernel kernel = Boot();
            UserProcess process = kernel.CreateProcess("p");
            for (int i = 0; i < looks; i++)
            {
                kernel.ReadFile($"/proc/{process.Pid}/maps");
                process.Close(process.Open("/proc/self/maps"));
            }

            ulong number = 0;
            kernel.InsertModule(new TestDriver(new FileOperations
            {
                Open = (inode, _) =>
                {
                    number = inode.IIno;
                    return 0;
                },
            }));
            process.Open(TestDriver.Node);
            return number;
        }

        Assert.Equal(Inode(0), Inode(3));
    }

    [Fact]
    public void Buddyinfo_has_a_line_a_zone_and_adds_up()
    {
        Kernel kernel = BootWithHighMemory();
        string[] lines = kernel.Buddyinfo().TrimEnd('\n').Split('\n');
        Assert.Equal(["Node 0, zone      DMA ", "Node 0, zone   Normal ", "Node 0, zone  HighMem "], lines.Select(line => line[..22]));
        ulong pages = 0;
        foreach (string line in lines)
        {
            ulong[] blocks = [.. line[22..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(ulong.Parse)];
            Assert.Equal(11, blocks.Length);
            pages += blocks.Select((count, order) => count << order).Aggregate((a, b) => a + b);
        }

        Assert.Equal(kernel.FreePages(), pages);
    }

    [Fact]
    public void Meminfo_counts_what_is_used()
    {
        Kernel kernel = BootWithHighMemory();
        Keeps(kernel, 57, "what its kernel code allocates");
        Dictionary<string, ulong> Read() => kernel.ReadFile("/proc/meminfo").TrimEnd('\n').Split('\n')
            .ToDictionary(line => line.Split(':')[0], line => ulong.Parse(line.Split(':')[1].Replace("kB", "").Trim()));
        Dictionary<string, ulong> before = Read();
        Assert.Equal(before["MemTotal"], before["HighTotal"] + before["LowTotal"]);
        Assert.Equal(before["MemFree"], before["HighFree"] + before["LowFree"]);
        Assert.Equal(131_072ul, before["HighTotal"]);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 10 * 4096, Protection.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Populate);
        kernel.RunKernelThread(() =>
        {
            Assert.False(Kmalloc(100_000, GfpFlags.Kernel).IsNull);
            Assert.False(Vmalloc(100 << 10).IsNull);
        });
        Dictionary<string, ulong> after = Read();
        Assert.Equal(128ul, after["Slab"] - before["Slab"]);
        Assert.Equal(104ul, after["VmallocUsed"] - before["VmallocUsed"]);

        // The top table, and one below it.
        Assert.Equal(8ul, after["PageTables"] - before["PageTables"]);
        Assert.InRange(before["HighFree"] - after["HighFree"], 40ul + 100, 40ul + 104);
        process.Munmap(area, 4096);
    }

    [Fact]
    public void Iomem_nests_and_requests_collide()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 512.MiB() });
        kernel.AddDevice(new MmioMemory("fb", new PhysicalAddress(0xE000_0000), 1 << 20));
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(RequestMemRegion(new PhysicalAddress(0xE000_0000), 4096, "driver"));
            Assert.Null(RequestMemRegion(new PhysicalAddress(0xE000_0800), 4096, "late"));
            Assert.Null(RequestMemRegion(new PhysicalAddress(0x10_0000), 4096, "ram"));
            Assert.Null(RequestMemRegion(new PhysicalAddress(0xE000_1000), 0, "none"));
            Assert.Null(RequestMemRegion(new PhysicalAddress(0xE000_1000), ulong.MaxValue, "wraps"));
            Assert.Null(RequestMemRegion(new PhysicalAddress(ulong.MaxValue), 1, "beyond"));
            ReleaseMemRegion(new PhysicalAddress(0xE000_1000), 4096);
        });
        Assert.Equal(
            "000a0000-000bffff : Video RAM area\n000f0000-000fffff : System ROM\n00100000-1fffffff : System RAM\n  00100000-002fffff : Kernel code\n"
            + "  00300000-003fffff : Kernel data\ne0000000-e00fffff : fb\n  e0000000-e0000fff : driver\n",
            kernel.ReadFile("/proc/iomem")[(kernel.ReadFile("/proc/iomem").IndexOf('\n') + 1)..]);
        Assert.StartsWith("00000000-0009ffff : System RAM\n", kernel.ReadFile("/proc/iomem"));
        Assert.Contains("Trying to free nonexistent resource <e0001000-e0001fff>", kernel.LogLines());
        kernel.RunKernelThread(() => ReleaseMemRegion(new PhysicalAddress(0xE000_0000), 4096));
        Assert.DoesNotContain("driver", kernel.ReadFile("/proc/iomem"));
    }

    [Fact]
    public void A_device_across_the_edge_of_the_Video_RAM_area_is_refused_and_not_plugged_in()
    {
        Kernel kernel = Boot();
        string before = kernel.ReadFile("/proc/iomem");
        Assert.Throws<ArgumentException>(() => kernel.AddDevice(new MmioMemory("wide card", new(0xB8000), 64.KiB())));
        Assert.Equal(before, kernel.ReadFile("/proc/iomem"));
        Assert.Null(kernel.Machine.Bus.RegionAt(new(0xB8000)));
    }

    [Fact]
    public void A_device_in_the_ISA_hole_lies_inside_the_Video_RAM_area_where_a_driver_can_claim_it()
    {
        Kernel kernel = Boot();
        kernel.AddDevice(new MmioMemory("vga", new PhysicalAddress(0xA0000), 0x10000));
        kernel.RunKernelThread(() =>
        {
            Assert.NotNull(RequestMemRegion(new PhysicalAddress(0xA1000), 4096, "driver"));
            Assert.Null(RequestMemRegion(new PhysicalAddress(0xA1000), 4096, "late"));
        });
        Assert.Contains("000a0000-000bffff : Video RAM area\n  000a0000-000affff : vga\n    000a1000-000a1fff : driver\n000f0000-", kernel.ReadFile("/proc/iomem"));
    }

    [Fact]
    public void The_log_is_a_ring_with_levels_and_a_console()
    {
        Kernel kernel = Boot();
        var console = new List<string>();
        kernel.Log.Console = line => console.Add(line.ToString());
        kernel.RunKernelThread(() =>
        {
            Printk("plain");
            Printk(LogLevel.Error, "two\nlines\n");
        });
        Assert.Equal(["<4>plain", "<3>two", "<3>lines"], console);
        kernel.Log.Console = null;
        kernel.RunKernelThread(() =>
        {
            for (int i = 0; i < 5000; i++)
                Printk($"line {i}");
        });
        Assert.Equal(4096, kernel.Log.Lines.Count);
        Assert.EndsWith("line 4999\n", kernel.ReadFile("/proc/kmsg"));
    }
}
