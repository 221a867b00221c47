using DriverKit.Hardware;
using DriverKit.Memory.Cache;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The room of process memory, wired: address spaces, faults, driver mappings and user access.</summary>
internal sealed class VirtualMemory
{
    public VirtualMemory(Machine machine, PhysicalMemory memory, KernelAddressSpace kernel, PhysicalAddress kernelPgd, KernelEra era, IKernelLog log, MmapSem mmapSem)
    {
        Era = era;
        MmapSem = mmapSem;
        if (EraRules.MaxMapCountIsTwoToThe16(era))
            Sysctls.MaxMapCount = 1 << 16;
        PageCache = new PageCache(machine, memory);
        SwapCache = new SwapCache(machine, memory, Swap);
        Tables = new PageTables(machine, memory, PageCache, SwapCache, kernelPgd);
        ReverseMap = new ReverseMap(Tables);
        Files = new FileMappings(machine, memory, PageCache, Tables, ReverseMap);
        Overcommit = new Overcommit(memory, Sysctls);
        DemandPaging = new DemandPaging(machine, memory, Tables, PageCache);
        var faults = new FaultHandler(
            Tables, DemandPaging, new CopyOnWrite(machine, memory, Tables, PageCache, era, log), new SwapIn(memory, Tables, SwapCache), new StackGrowth(Sysctls), memory.VmStat);
        var population = new Population(Tables, faults);
        UserMemory = new UserMemory(machine, faults, mmapSem);
        UserPages = new UserPages(machine, memory, Tables, faults, mmapSem);
        UserAccess = new UserAccess(machine, memory.Layout, kernel, UserMemory);
        Placement = new AreaPlacement(memory.Layout, Sysctls);
        var editor = new AreaEditor(Sysctls);
        Unmapper = new AreaUnmapper(Tables, editor);
        SharedAnonymous = new SharedAnonymousMemory(Files, new ShmemOperations(memory, Swap), Overcommit);
        Mapper = new AreaMapper(memory.Layout, Sysctls, Placement, editor, Unmapper, population, SharedAnonymous, era);
        Protector = new AreaProtector(Tables, editor, population);
        Mover = new AreaMover(Sysctls, Placement, editor, Unmapper, Tables, population);
        Locking = new MemoryLocking(editor, population, era);
        Hints = new MemoryHints(Tables, editor, Files, PageCache, SwapCache, era, mmapSem);
        AddressSpaces = new AddressSpaces(memory.Layout, Sysctls, Overcommit, Tables, editor, Unmapper, population);
        DriverMappings = new DriverMappings(machine, memory, Tables, era);
    }

    public KernelEra Era { get; }

    /// <summary>The lock of each address space.</summary>
    public MmapSem MmapSem { get; }

    public VmSysctls Sysctls { get; } = new();

    public Overcommit Overcommit { get; }

    public PageCache PageCache { get; }

    public SwapSpace Swap { get; } = new();

    public SwapCache SwapCache { get; }

    public ReverseMap ReverseMap { get; }

    /// <summary>Mapping, writing back and truncating files.</summary>
    public FileMappings Files { get; }

    public PageTables Tables { get; }

    public DemandPaging DemandPaging { get; }

    public UserMemory UserMemory { get; }

    public UserAccess UserAccess { get; }

    public UserPages UserPages { get; }

    public SharedAnonymousMemory SharedAnonymous { get; }

    public AreaPlacement Placement { get; }

    public AreaMapper Mapper { get; }

    public AreaUnmapper Unmapper { get; }

    public AreaProtector Protector { get; }

    public AreaMover Mover { get; }

    public MemoryLocking Locking { get; }

    public MemoryHints Hints { get; }

    public AddressSpaces AddressSpaces { get; }

    public DriverMappings DriverMappings { get; }
}
