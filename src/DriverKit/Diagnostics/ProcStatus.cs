using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Reclaim;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;

namespace DriverKit.Diagnostics;

/// <summary>The texts of /proc/PID/status, statm and oom_score.</summary>
/// <remarks>Source: fs/proc/array.c, fs/proc/task_mmu.c and fs/proc/base.c of Linux 6.18; proc_pid_status(5), proc_pid_statm(5). Lines for which the model has
/// nothing (signals, processors) are left out. A process has one thread.</remarks>
internal static class ProcStatus
{
    /// <summary>A line a fact: who it is, and its memory in kB.</summary>
    public static string FormatStatus(UserProcess process)
    {
        MmStruct mm = process.Mm;
        bool isRunning = process.Kernel.Context.Task == process.Task;
        ulong text = Math.Min(TextPages(mm), mm.ExecVm);
        var lines = new StringBuilder();
        Line("Name", process.Task.Comm.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal));
        Line("Umask", "0" + Convert.ToString((int)process.Fs.Umask, 8).PadLeft(3, '0'));
        Line("State", isRunning ? "R (running)" : "S (sleeping)");
        Line("Tgid", process.Pid);
        Line("Ngid", 0);
        Line("Pid", process.Pid);
        Line("PPid", process.Task.Ppid);
        Line("TracerPid", 0);
        Credentials cred = process.Cred;
        Line("Uid", $"{cred.Uid}\t{cred.Euid}\t{cred.Suid}\t{cred.Euid}");
        Line("Gid", $"{cred.Gid}\t{cred.Egid}\t{cred.Sgid}\t{cred.Egid}");
        Line("FDSize", DescriptorSlots(process));
        Line("Groups", " ");
        Pages("VmPeak", mm.HiwaterVm);
        Pages("VmSize", mm.TotalVm);
        Pages("VmLck", mm.LockedVm);
        Pages("VmPin", 0);
        Pages("VmHWM", mm.HiwaterRss);
        Pages("VmRSS", mm.Rss);
        Pages("RssAnon", mm.AnonRss);
        Pages("RssFile", mm.FileRss);
        Pages("RssShmem", mm.ShmemRss);
        Pages("VmData", mm.DataVm);
        Pages("VmStk", mm.StackVm);
        Pages("VmExe", text);
        Pages("VmLib", mm.ExecVm - text);
        Pages("VmPTE", mm.PgtablesBytes >> PageGeometry.PageShift);
        Pages("VmSwap", mm.SwapEntries);
        Pages("HugetlbPages", 0);
        Line("Threads", 1);
        Line("CapInh", $"{(uint)cred.CapInheritable:x16}");
        Line("CapPrm", $"{(uint)cred.CapPermitted:x16}");
        Line("CapEff", $"{(uint)cred.CapEffective:x16}");
        Line("CapBnd", $"{(uint)cred.CapBset:x16}");
        return lines.ToString();

        void Line(string key, object value) => lines.Append($"{key}:\t{value}\n");

        void Pages(string key, ulong pages) => lines.Append($"{key}:\t{pages << (PageGeometry.PageShift - 10),8} kB\n");
    }

    /// <summary>Seven numbers in pages: all, resident, resident of files, text, 0, data and stacks, 0.</summary>
    public static string FormatStatm(MmStruct mm) =>
        $"{mm.TotalVm} {mm.Rss} {mm.FileRss + mm.ShmemRss} {TextPages(mm)} 0 {mm.DataVm + mm.StackVm} 0\n";

    /// <summary><c>proc_oom_score</c>: 667 for a process that has nothing, 1333 for one that has everything; 0 for one that the OOM killer never takes.</summary>
    public static string FormatOomScore(UserProcess process)
    {
        if (process.OomScoreAdj == UserProcess.OomScoreAdjMin)
            return "0\n";
        ulong total = process.Kernel.Memory.TotalPages + process.Kernel.VirtualMemory.Swap.TotalPages;
        return $"{(1000 + OomKiller.Badness(process.Mm, process.OomScoreAdj, total) * 1000 / (long)total) * 2 / 3}\n";
    }

    private static ulong TextPages(MmStruct mm) => (mm.EndCode.PageAlignUp - mm.StartCode.PageAlignDown) >> PageGeometry.PageShift;

    /// <summary><c>max_fds</c>, for the descriptors that are open now: a word's bits of them come with the process; beyond, the table grows by powers of two from 1 KiB on.</summary>
    private static int DescriptorSlots(UserProcess process)
    {
        const ulong MaxDescriptors = 1 << 20; // sysctl_nr_open
        int highest = (int)Math.Min(process.Limits.Of(RlimitResource.OpenFiles), MaxDescriptors) - 1;
        while (highest >= 0 && process.Files.Get(highest) is null)
            highest--;
        int slots = process.Mm.Layout.PointerSize * 8;
        while (slots <= highest)
            slots = Math.Max(slots * 2, 1024 / process.Mm.Layout.PointerSize);
        return slots;
    }
}
