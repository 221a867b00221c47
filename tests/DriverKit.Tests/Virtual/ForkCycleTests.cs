using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Thousands of children are born and die, and the machine is as before: the base class looks at all of it, at the end.</summary>
public sealed class ForkCycleTests : KernelTest
{
    private const int Cycles = 10_000;
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Fork_and_exit_lose_nothing(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress area = parent.Mmap(default, 4 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        parent.Store(area, 1);
        string before = State(kernel, parent);
        for (int i = 0; i < Cycles; i++)
            parent.Fork().Exit();
        Assert.Equal(before, State(kernel, parent));
        Audit.AddressSpaces(kernel);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Children_that_store_share_and_find_pages_in_swap_lose_nothing(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.SwapOn(new RamDisk(48.MiB()));
        kernel.InsertModule(new PagesDriver(2));
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress cold = parent.Mmap(default, 64 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous),
            warm = parent.Mmap(default, 4 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous),
            shared = parent.Mmap(default, 8 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Anonymous),
            device = parent.Mmap(default, 4096, ReadWrite, MapFlags.Shared, parent.Open("/dev/nopage", OpenFlags.ReadWrite));
        Touch(parent, cold, 64);
        Touch(parent, shared, 8);
        UserProcess hog = kernel.CreateProcess("hog");
        Touch(hog, hog.Mmap(default, 36 << 20, ReadWrite, MapFlags.Private | MapFlags.Anonymous), 9 << 10);
        hog.Exit();
        Assert.True(parent.Mm.SwapEntries > 32, $"{parent.Mm.SwapEntries} pages in swap");
        for (uint i = 0; i < Cycles / 5; i++)
        {
            UserProcess child = parent.Fork();
            child.Store(warm + i % 4 * 4096, i);
            Assert.Equal(i == 0 ? 0 : i - 1, child.Load<uint>(shared + 8ul));
            child.Store(shared + 8ul, i);
            child.Load<int>(device);
            // Every other child brings a page back from swap; the parent does only now and then, so that some stay there.
            if (i % 2 == 0)
                child.Store(cold + i % 64 * 4096, i);
            if (i % 500 == 0)
                parent.Store(cold + i / 500 * 4096, i);
            if (i % 3 == 0)
                child.Munmap(cold, 32 * 4096);
            child.Exit();
        }

        Audit.AddressSpaces(kernel);
        Assert.True(kernel.Memory.VmStat[VmEvent.Pswpin] >= 32);
        Assert.True(parent.Mm.SwapEntries > 0);
        Assert.Equal(0u, parent.Load<uint>(warm));
    }

    private static void Touch(UserProcess process, UserVirtualAddress area, ulong pages)
    {
        for (ulong i = 0; i < pages; i++)
            process.Store(area + i * 4096, 1);
    }

    /// <summary>All that is counted. Only the children's numbers grow.</summary>
    private static string State(Kernel kernel, UserProcess parent)
    {
        string state = kernel.ReadFile($"/proc/{parent.Pid}/status") + kernel.ReadFile($"/proc/{parent.Pid}/smaps") + kernel.Buddyinfo() + kernel.ReadFile("/proc/meminfo");
        return state + kernel.FreePages() + kernel.VirtualMemory.Overcommit.Committed;
    }
}
