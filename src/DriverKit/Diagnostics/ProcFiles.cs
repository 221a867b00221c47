using System.Globalization;
using DriverKit.CharDevices;
using DriverKit.Contracts;
using DriverKit.Interrupts;
using DriverKit.Io;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Processes;
using DriverKit.Vfs;

namespace DriverKit.Diagnostics;

/// <summary>/proc: its texts, a directory for each process, and /proc/sys.</summary>
internal sealed class ProcFiles : IDynamicEntries
{
    /// <summary>Processes come behind everything else in the listing.</summary>
    private const long FirstProcess = 1L << 32;

    private readonly FileSystems _fileSystems;
    private readonly ProcessTable _processes;
    private readonly MemoryPeek _peek;
    private readonly DirectoryDentry _root;

    public ProcFiles(FileSystems fileSystems, ProcessTable processes, MemoryPeek peek)
    {
        _peek = peek;
        _fileSystems = fileSystems;
        _processes = processes;
        _root = fileSystems.MountProc(this);
        AddSysctls(processes.VirtualMemory.Sysctls);
    }

    /// <summary>/proc itself.</summary>
    public DirectoryDentry Root => _root;

    public void Add(string name, Func<string> text) => _root.Add(name, _fileSystems.NewText(text));

    /// <summary>The texts about memory, devices and the log.</summary>
    public void AddTexts(
        SlabAllocator slab, VmallocAllocator vmalloc, KernelPageTables kernelTables, CharDeviceRegistry charDevices, ResourceTree resources, ResourceTree ports, InterruptController irqs,
        KernelLog log)
    {
        PhysicalMemory memory = _processes.Memory;
        Add("buddyinfo", () => ProcMemory.FormatBuddyinfo(memory));
        Add("meminfo", () => ProcMemory.FormatMeminfo(memory, vmalloc, _processes.VirtualMemory));
        Add("pagetypeinfo", () => ProcPageTypes.Format(memory));
        Add("swaps", () => ProcSwaps.Format(_processes.VirtualMemory.Swap));
        Add("slabinfo", () => ProcSlabs.FormatSlabinfo(slab));
        Add("vmallocinfo", () => ProcVmalloc.Format(vmalloc, kernelTables, memory.Layout));
        Add("vmstat", () => ProcVmstat.FormatVmstat(memory));
        Add("zoneinfo", () => ProcVmstat.FormatZoneinfo(memory));
        Add("devices", charDevices.Format);
        Add("interrupts", irqs.Format);
        Add("iomem", resources.Format);
        Add("ioports", ports.Format);
        Add("kmsg", log.ToString);
    }

    /// <summary>The directory /proc/PID or /proc/self.</summary>
    public Dentry? Find(string name)
    {
        int pid = name == "self" ? _processes.Context.Task.Tgid : int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        if (_processes.Find(pid) is not { } process)
            return null;
        DirectoryDentry directory = _fileSystems.NewDirectory();
        Text("maps", () => ProcMaps.Format(process.Mm, process.Mm.Layout, _processes.VirtualMemory.Era));
        Text("smaps", () => ProcSmaps.Format(process.Mm, process.Mm.Layout, _processes.VirtualMemory));
        Text("status", () => ProcStatus.FormatStatus(process));
        Text("statm", () => ProcStatus.FormatStatm(process.Mm));
        Text("oom_score", () => ProcStatus.FormatOomScore(process));
        directory.Add("oom_score_adj", ProcOomScoreAdj.New(_fileSystems, process));
        Bytes("pagemap", new ProcPagemap(process).Operations);
        Bytes("cmdline", new ProcBytes(process, mm => ProcBytes.Cmdline(mm, _peek)).Operations);
        Bytes("auxv", new ProcBytes(process, ProcBytes.Auxv).Operations);
        return directory;

        void Bytes(string file, FileOperations operations) => directory.Add(file, _fileSystems.NewBytes(operations));

        void Text(string file, Func<string> text) => directory.Add(file, _fileSystems.NewText(() => process.IsAlive ? Locked(process.Mm, text) : ""));
    }

    /// <summary>/proc/sys/fs.</summary>
    private void AddAioLimits(DirectoryDentry sys)
    {
        DirectoryDentry fs = _fileSystems.NewDirectory();
        AsyncIo aio = _processes.AsyncIo;
        sys.Add("fs", fs);
        fs.Add("aio-nr", _fileSystems.NewText(() => aio.AioNr.ToString(CultureInfo.InvariantCulture) + "\n"));
        fs.Add("aio-max-nr", Sysctl.New(_fileSystems, () => (long)aio.AioMaxNr, value => aio.AioMaxNr = (ulong)value, 0, uint.MaxValue));
    }

    /// <summary>Nobody changes the areas meanwhile.</summary>
    private string Locked(MmStruct mm, Func<string> text)
    {
        using MmapSem.Held held = _processes.VirtualMemory.MmapSem.Read(mm);
        return text();
    }

    public IEnumerable<(long Position, string Name)> List() =>
        _processes.All.Select(process => (FirstProcess + process.Pid, process.Pid.ToString(CultureInfo.InvariantCulture)));

    /// <summary>/proc/sys/vm, with the bounds the kernel has for each value.</summary>
    private void AddSysctls(VmSysctls sysctls)
    {
        const int MaxSwappiness = 200, DropPages = 1, DropAll = 4;
        DirectoryDentry sys = _fileSystems.NewDirectory(), vm = _fileSystems.NewDirectory();
        _root.Add("sys", sys);
        AddAioLimits(sys);
        sys.Add("vm", vm);
        Number("max_map_count", () => sysctls.MaxMapCount, value => sysctls.MaxMapCount = (int)value, 0, int.MaxValue);
        Number("overcommit_memory", () => sysctls.OvercommitMemory, value => sysctls.OvercommitMemory = (int)value, 0, 2);
        Number("overcommit_ratio", () => sysctls.OvercommitRatio, value => sysctls.OvercommitRatio = (int)value, 0, int.MaxValue);
        Number("mmap_min_addr", () => (long)sysctls.MmapMinAddr, value => sysctls.MmapMinAddr = (ulong)value, 0, uint.MaxValue);
        Number("swappiness", () => sysctls.Swappiness, value => sysctls.Swappiness = (int)value, 0, MaxSwappiness);
        Number("compact_memory", null, _ => _processes.Reclaimer!.Compaction.CompactAll(), 1, 1);
        Number("drop_caches", null, Drop, DropPages, DropAll);

        void Number(string name, Func<long>? get, Action<long> set, long lowest, long highest) =>
            vm.Add(name, Sysctl.New(_fileSystems, get, set, lowest, highest));

        // Bit 0 is the page cache; the others are slabs and silence, and there are no slabs to drop.
        void Drop(long what)
        {
            if ((what & DropPages) != 0)
                _fileSystems.Regular.DropCaches();
        }
    }
}
