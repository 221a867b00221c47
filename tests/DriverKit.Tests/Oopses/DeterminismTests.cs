using DriverKit.Tests.Support;

namespace DriverKit.Tests.Oopses;

public sealed class DeterminismTests : KernelTest
{
    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public async Task One_program_leaves_the_same_log_maps_and_memory_every_time_also_on_two_threads_at_once(Architecture architecture)
    {
        string expected = Run(architecture, 42);
        Assert.Equal(expected, Run(architecture, 42));
        string[] parallel = await Task.WhenAll(Task.Run(() => Run(architecture, 42)), Task.Run(() => Run(architecture, 42)));
        Assert.All(parallel, text => Assert.Equal(expected, text));
        Assert.NotEqual(expected, Run(architecture, 43));
    }

    private string Run(Architecture architecture, ulong seed)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 1.GiB(), Architecture = architecture, Seed = seed }, new KernelOptions { RandomizeVaSpace = true });
        Keeps(kernel, 25, "the vmalloc area");
        kernel.InsertModule(new PagesDriver());
        UserProcess one = kernel.CreateProcess("one"), two = one.Fork();
        int fd = one.Open("/dev/nopage", OpenFlags.ReadWrite);
        var random = new SeededRandom(1);
        foreach (UserProcess process in new[] { one, two })
        {
            for (int i = 0; i < 200; i++)
            {
                UserVirtualAddress area = process.Mmap(default, (1 + random.Next(9)) * 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous, -1);
                process.Store(area, i);
                if (random.Next(2) == 0)
                    process.Munmap(area, 4096);
            }
        }

        one.Load<int>(one.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd));
        kernel.RunKernelThread(() => Vmalloc(100_000));
        Assert.Throws<KernelOopsException>(() => kernel.RunKernelThread(() => Kfree(new KernelLogicalAddress(5))));
        return kernel.Log + kernel.ReadFile($"/proc/{one.Pid}/maps") + kernel.ReadFile($"/proc/{two.Pid}/maps") + kernel.Buddyinfo() + kernel.ReadFile("/proc/meminfo") + kernel.WalkPageTables(one, one.Mm.StartStack);
    }
}
