using System.Diagnostics;
using System.Text.RegularExpressions;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The usual tools read the machine's /proc in place of the host's: in a mount namespace of their own, each file lies over the host's of that name.</summary>
public sealed class ProcToolTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [ProcToolFact("free")]
    public async Task Free_shows_the_machines_memory_and_swap()
    {
        Kernel kernel = Machine(out _);
        string output = await Run(kernel, null, "free -k", "meminfo");
        Dictionary<string, ulong> memory = Meminfo(kernel);
        ulong[] mem = Numbers(output, "Mem:"), swap = Numbers(output, "Swap:");
        Assert.Equal((memory["MemTotal"], memory["MemFree"], memory["Shmem"], memory["MemAvailable"]), (mem[0], mem[2], mem[3], mem[5]));
        Assert.Equal(memory["Cached"] + memory["Buffers"] + memory["SReclaimable"], mem[4]);
        Assert.Equal([memory["SwapTotal"], memory["SwapTotal"] - memory["SwapFree"], memory["SwapFree"]], swap);
        Assert.True(swap[1] > 0);
    }

    [ProcToolFact("vmstat")]
    public async Task Vmstat_shows_the_machines_memory_and_slabs()
    {
        Kernel kernel = Machine(out _);
        string output = await Run(kernel, null, "vmstat -s", "meminfo", "vmstat");
        Dictionary<string, ulong> memory = Meminfo(kernel);
        ulong Value(string what) => ulong.Parse(Regex.Match(output, $@"^ *(\d+) (K )?{what}$", RegexOptions.Multiline).Groups[1].Value);
        Assert.Equal(
            [memory["MemTotal"], memory["MemFree"], memory["Active"], memory["Inactive"], memory["SwapTotal"], memory["SwapFree"]],
            new[] { "total memory", "free memory", "active memory", "inactive memory", "total swap", "free swap" }.Select(Value));
        Assert.Equal(kernel.Memory.VmStat[VmEvent.Pswpout], Value("pages swapped out"));
        Assert.Equal(kernel.Memory.VmStat[VmEvent.Pswpin], Value("pages swapped in"));

        // The tool sorts the caches by name, and says what the columns are on every page.
        string slabs = await Run(kernel, null, "vmstat -m", "slabinfo");
        static IEnumerable<string> Rows(string text) => text.TrimEnd('\n').Split('\n').Where(row => !row.StartsWith("Cache ", StringComparison.Ordinal)).Select(row => string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Order();
        Assert.Equal(Rows(kernel.SlabReport()), Rows(slabs));
    }

    [ProcToolFact("pmap")]
    public async Task Pmap_adds_up_to_what_the_process_has()
    {
        Kernel kernel = Machine(out UserProcess process);
        MmStruct mm = process.Mm;
        string output = await Run(kernel, process, "pmap -x $$", "maps", "smaps");
        Match total = Regex.Match(output, @"^total kB +(\d+) +(\d+) +(\d+)$", RegexOptions.Multiline);
        Assert.True(total.Success, output);
        Assert.Equal((mm.TotalVm << 2, mm.Rss << 2), (ulong.Parse(total.Groups[1].Value), ulong.Parse(total.Groups[2].Value)));
        foreach (VmAreaStruct vma in mm.Mmap)
            Assert.Matches($@"(?m)^0*{vma.VmStart.Value:x} +{vma.Length >> 10} ", output);
        string all = await Run(kernel, process, "pmap -XX $$", "maps", "smaps");
        Assert.Contains("rd wr mr mw me ac", all);
    }

    [ProcToolFact("ps")]
    public async Task Ps_shows_the_size_of_the_process_and_its_score()
    {
        Kernel kernel = Machine(out UserProcess process);
        MmStruct mm = process.Mm;
        string output = await Run(kernel, process, "ps -p $$ -o vsz=,rss=,nlwp=,oom=", "status", "statm", "oom_score");
        Assert.Equal([mm.TotalVm << 2, mm.Rss << 2, 1, ulong.Parse(kernel.ReadFile($"/proc/{process.Pid}/oom_score"))], Numbers(output.TrimStart(), ""));
    }

    [ProcToolFact("top")]
    public async Task Top_shows_what_is_virtual_resident_and_shared()
    {
        Kernel kernel = Machine(out UserProcess process);
        MmStruct mm = process.Mm;
        string output = await Run(kernel, process, "TERM=dumb top -b -n1 -p $$", "status", "statm");
        string[] last = output.TrimEnd().Split('\n')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([mm.TotalVm << 2, mm.Rss << 2, (mm.FileRss + mm.ShmemRss) << 2], last[4..7].Select(ulong.Parse));
    }

    /// <summary>A machine with a process that has pages in memory and in swap, of its own, shared and a driver's.</summary>
    private Kernel Machine(out UserProcess process)
    {
        Kernel kernel = Boot(Architecture.X8664);
        kernel.SwapOn(new RamDisk(16.MiB()));
        kernel.InsertModule(new PagesDriver());
        process = kernel.CreateProcess("p");
        process.Load<int>(process.Mmap(default, 8192, Protection.Read, MapFlags.Shared, process.Open("/dev/nopage")));
        process.Mmap(default, 20 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Populate);
        UserVirtualAddress area = process.Mmap(default, 64 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Populate);
        UserProcess hog = kernel.CreateProcess("hog");
        hog.Mmap(default, 36.MiB(), ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Populate);
        hog.Exit();
        process.Store(area, 1);
        Assert.True(process.Mm.SwapEntries > 0 && process.Mm.AnonRss > 0 && process.Mm.FileRss > 0);
        return kernel;
    }

    private static Dictionary<string, ulong> Meminfo(Kernel kernel) =>
        kernel.ReadFile("/proc/meminfo").TrimEnd('\n').Split('\n').ToDictionary(line => line.Split(':')[0], line => Numbers(line, "")[0]);

    private static ulong[] Numbers(string text, string start) =>
        [.. Regex.Matches(text.Split('\n').Single(line => line.Length > 0 && line.StartsWith(start, StringComparison.Ordinal)), @"\d+").Select(match => ulong.Parse(match.Value))];

    /// <summary>Runs a command that sees files of the machine, or of a process instead of its own shell's.</summary>
    private static async Task<string> Run(Kernel kernel, UserProcess? process, string command, params string[] files)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string script = "set -e\n";
            foreach (string file in files)
            {
                File.WriteAllText(Path.Combine(folder, file), kernel.ReadFile(process is null ? $"/proc/{file}" : $"/proc/{process.Pid}/{file}"));
                if (file == "status")
                    script += $"sed -i \"s/^\\(Tgid\\|Pid\\):.*/\\1:\\t$$/\" '{folder}/status'\n"; // A process is where its number says.
                script += $"mount --bind '{folder}/{file}' {(process is null ? "/proc" : "/proc/$$")}/{file}\n";
            }

            return (await HostTool.Run("unshare", "-rm", "sh", "-c", script + command)).Output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

/// <summary>A test that shows files of the machine to a tool of the host. It is skipped where the tool or the right to mount is missing, and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProcToolFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> NoNamespaces = new(() =>
    {
        if (HostTool.Missing("unshare") is { } missing)
            return missing;
        using Process unshare = Process.Start(new ProcessStartInfo("unshare", ["-rm", "sh", "-c", "mount --bind /proc/version /proc/meminfo"]) { RedirectStandardError = true })!;
        string errors = unshare.StandardError.ReadToEnd();
        unshare.WaitForExit();
        return unshare.ExitCode == 0 ? null : $"this host lets nobody mount over /proc: {errors.Trim()}";
    });

    public ProcToolFactAttribute(string tool) => Skip = HostTool.Missing(tool) ?? NoNamespaces.Value;
}
