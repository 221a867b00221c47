namespace DriverKit.Tests.Support;

/// <summary>The look at the end of every test finds what is lost.</summary>
public sealed class LeakCheckTests
{
    [Theory]
    [InlineData("page", "1 pages")]
    [InlineData("slab object", "1 slab objects in size-128")]
    [InlineData("vmalloc area", "pages=1 vmalloc N0=1")]
    [InlineData("promise", "3 pages promised")]
    [InlineData("swap", "1 blocks of swap")]
    [InlineData("list", "1 pages on reclaim lists")]
    [InlineData("gauge", "nr_mapped 1 in Normal")]
    [InlineData("declared otherwise", "1 pages, but the pages are 2")]
    public void What_is_lost_is_named(string what, string report)
    {
        using Kernel kernel = Kernel.Boot(new MachineOptions { MemorySize = 32.MiB() });
        kernel.SwapOn(new RamDisk(1.MiB()));
        var check = new LeakCheck(kernel);
        check.Run();
        kernel.RunKernelThread(() => Lose(kernel, check, what));
        Assert.Contains(report, Assert.ThrowsAny<Xunit.Sdk.XunitException>(check.Run).Message);
    }

    [Fact]
    public void What_is_declared_is_spared()
    {
        using Kernel kernel = Kernel.Boot(new MachineOptions { MemorySize = 32.MiB() });
        var check = new LeakCheck(kernel);
        kernel.RunKernelThread(() => AllocPages(GfpFlags.Kernel, 1));
        check.Keep(2, "the pages");
        check.Run();
    }

    private static void Lose(Kernel kernel, LeakCheck check, string what)
    {
        switch (what)
        {
            case "slab object":
                Kmalloc(100, GfpFlags.Kernel);
                break;
            case "vmalloc area":
                Vmalloc(4096);
                break;
            case "promise":
                kernel.VirtualMemory.Overcommit.Committed += 3;
                break;
            case "swap":
                kernel.VirtualMemory.Swap.TryAllocate(out _);
                break;
            case "list":
                kernel.Memory.Lru.LruCacheAdd(AllocPage(GfpFlags.Kernel)!);
                break;
            case "gauge":
                kernel.Memory.VmStat.Add(ZoneStat.Mapped, AllocPage(GfpFlags.Kernel)!);
                break;
            default:
                AllocPage(GfpFlags.Kernel);
                if (what == "declared otherwise")
                    check.Keep(2, "the pages");
                break;
        }
    }
}
