using DriverKit.Hardware;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary>The room of process memory, wired: address spaces, faults, driver mappings and user access.</summary>
internal sealed class VirtualMemory
{
    public VirtualMemory(Machine machine, PhysicalMemory memory, KernelAddressSpace kernel, PhysicalAddress kernelPgd, KernelEra era)
    {
        Tables = new PageTables(machine, memory, kernelPgd);
        DemandPaging = new DemandPaging(machine, memory, Tables);
        var faults = new FaultHandler(Tables, DemandPaging, new CopyOnWrite(machine, memory, Tables));
        UserMemory = new UserMemory(machine, faults);
        UserAccess = new UserAccess(machine, memory.Layout, kernel, UserMemory);
        Unmapper = new AreaUnmapper(Tables);
        Mapper = new AreaMapper(memory.Layout, Unmapper, faults, new SharedAnonymousMemory(memory));
        Protector = new AreaProtector(Tables, Unmapper);
        AddressSpaces = new AddressSpaces(memory.Layout, Tables, Unmapper);
        DriverMappings = new DriverMappings(machine, memory, Tables, era);
    }

    public PageTables Tables { get; }

    public DemandPaging DemandPaging { get; }

    public UserMemory UserMemory { get; }

    public UserAccess UserAccess { get; }

    public AreaMapper Mapper { get; }

    public AreaUnmapper Unmapper { get; }

    public AreaProtector Protector { get; }

    public AddressSpaces AddressSpaces { get; }

    public DriverMappings DriverMappings { get; }
}
