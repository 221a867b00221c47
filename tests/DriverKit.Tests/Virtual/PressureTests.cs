using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Random programs that need more memory than there is: every byte is what a model of pages says, every counter is true, and what was used is free in the end.</summary>
public sealed class PressureTests : KernelTest
{
    /// <summary>Architecture, seed, MiB of swap. With little or none processes are killed for memory.</summary>
    public static TheoryData<Architecture, ulong, int> Programs
    {
        get
        {
            var programs = new TheoryData<Architecture, ulong, int>();
            foreach (Architecture architecture in Enum.GetValues<Architecture>())
            {
                for (ulong seed = 1; seed <= Seeds; seed++)
                {
                    foreach (int swap in new[] { 0, 2, 8, 64 })
                        programs.Add(architecture, seed, swap);
                }
            }

            return programs;
        }
    }

    /// <summary>PRESSURE_SEEDS=n hunts with n programs of each kind.</summary>
    private static ulong Seeds => ulong.TryParse(Environment.GetEnvironmentVariable("PRESSURE_SEEDS"), out ulong seeds) ? seeds : 1;

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_random_program_under_pressure_sees_its_bytes_and_leaves_nothing_behind(Architecture architecture, ulong seed, int swap) =>
        Run(architecture, seed, swap);

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void The_same_program_takes_the_same_way_twice(Architecture architecture) =>
        Assert.Equal(Run(architecture, 7, 2), Run(architecture, 7, 2));

    /// <summary>Runs a program and gives back what the kernel shows of itself after it.</summary>
    private string Run(Architecture architecture, ulong seed, int swap)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB(), Architecture = architecture });
        using RamDisk? disk = swap == 0 ? null : new RamDisk(swap.MiB());
        if (disk is not null)
            kernel.SwapOn(disk);
        ulong bare = kernel.FreePages();
        var driver = new PagesDriver(mustBeConsecutive: false);
        kernel.InsertModule(driver);
        var program = new PressureProgram(kernel, driver, new SeededRandom(seed * 1000 + (ulong)swap));
        program.Run(220);
        string seen = kernel.ReadFile("/proc/vmstat") + kernel.ReadFile("/proc/zoneinfo") + kernel.Buddyinfo() + string.Join('\n', kernel.LogLines());
        program.Finish();
        MemoryAudit.Check(kernel);
        Assert.Equal((0, 0), (driver.LiveAreas, driver.RefCount));
        kernel.RemoveModule(driver);
        Assert.Equal(bare, kernel.FreePages());
        Assert.Equal(kernel.VirtualMemory.Swap.TotalPages, kernel.VirtualMemory.Swap.FreePages);
        Assert.Equal(0ul, kernel.VirtualMemory.Overcommit.Committed);
        Assert.False(kernel.IsTainted);
        return seen;
    }
}
