using DriverKit.Tests.Support;

namespace DriverKit.Tests.Physical;

public sealed class BootTests : KernelTest
{
    private const ulong Mi = 1ul << 20;

    [Fact]
    public void A_machine_with_512_MiB_has_an_empty_HIGHMEM_and_496_MiB_in_NORMAL()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 512.MiB() });
        string[] log = kernel.LogLines();
        Assert.Contains(" BIOS-e820: 0000000000000000 - 00000000000a0000 (usable)", log);
        Assert.Contains(" BIOS-e820: 0000000000100000 - 0000000020000000 (usable)", log);
        Assert.Contains("0MB HIGHMEM available.", log);
        Assert.Contains("512MB LOWMEM available.", log);
        int node = Array.IndexOf(log, "On node 0 totalpages: 131072");
        Assert.Equal(["  DMA zone: 4096 pages (16 MiB)", "  Normal zone: 126976 pages (496 MiB)", "  HighMem zone: 0 pages (0 MiB)"], log[(node + 1)..(node + 4)]);
        Assert.Contains("2048k kernel code", log.Single(line => line.StartsWith("Memory: ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Architecture.I386, 8, "DMA 0-8")]
    [InlineData(Architecture.I386, 16, "DMA 0-16")]
    [InlineData(Architecture.I386, 896, "DMA 0-16, Normal 16-896")]
    [InlineData(Architecture.I386, 1024, "DMA 0-16, Normal 16-896, HighMem 896-1024")]
    [InlineData(Architecture.I386, 3584, "DMA 0-16, Normal 16-896, HighMem 896-3584")]
    [InlineData(Architecture.I386Pae, 8192, "DMA 0-16, Normal 16-896, HighMem 896-8704")]
    [InlineData(Architecture.X8664, 8, "DMA 0-8")]
    [InlineData(Architecture.X8664, 2048, "DMA 0-16, DMA32 16-2048")]
    [InlineData(Architecture.X8664, 4096, "DMA 0-16, DMA32 16-4096, Normal 4096-4608")]
    [InlineData(Architecture.X8664, 65536, "DMA 0-16, DMA32 16-4096, Normal 4096-66048")]
    public void Zones_by_architecture_and_size(Architecture architecture, int mebibytes, string zones)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = mebibytes.MiB(), Architecture = architecture });
        Assert.Equal(zones, string.Join(", ", kernel.Memory.PopulatedZones.Select(z => $"{z.Name} {z.StartPfn.Value / 256}-{z.EndPfn.Value / 256}")));
        Assert.Equal((ulong)mebibytes * 256, kernel.Memory.PopulatedZones.Aggregate(0ul, (sum, zone) => sum + zone.PresentPages));
    }

    [Fact]
    public void RAM_that_would_lie_in_the_PCI_hole_moves_above_4_GiB_and_the_hole_has_no_pages()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 4.GiB(), Architecture = Architecture.X8664 });
        kernel.RunKernelThread(() =>
        {
            Assert.True(PfnValid(new Pfn(0xDFFFF)));
            Assert.False(PfnValid(new Pfn(0xE0000)));
            Assert.False(PfnValid(new Pfn(0xFFFFF)));
            Assert.True(PfnValid(new Pfn(0x100000)));
            Assert.False(PfnValid(new Pfn(0x120000)));
            Assert.False(PfnValid(new Pfn(ulong.MaxValue)));
        });
        Expect.OopsIn(kernel, "has no struct page", () => PfnToPage(new Pfn(0xE0000)));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Page_zero_the_ISA_hole_and_the_kernel_image_are_reserved_for_good(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.RunKernelThread(() =>
        {
            foreach (ulong pfn in new ulong[] { 0, 0xA0, 0xFF, 0x100, 0x2FF, 0x3FF })
                Assert.True(PageReserved(PfnToPage(new Pfn(pfn))), $"{pfn:x}");
            Assert.False(PageReserved(PfnToPage(new Pfn(1))));
            Assert.False(PageReserved(PfnToPage(new Pfn(0x9F))));
        });
        ulong reserved = 0;
        for (Pfn pfn = new(0); pfn < kernel.Memory.MemoryMap.Frames; pfn += 1ul)
            reserved += kernel.Memory.MemoryMap[pfn].Flags == PageFlags.Reserved && kernel.Memory.MemoryMap[pfn].Count == 1 ? 1ul : 0;
        // The zero page is reserved too, but it came from the buddy allocator.
        Assert.Equal(32 * Mi / 4096 - kernel.Memory.TotalPages, reserved - 1);
    }

    [Theory]
    [InlineData(2, 1024)]
    [InlineData(4, 2048)]
    [InlineData(8, 1024)]
    public void Nodes_share_the_frames_and_each_falls_back_to_the_next(int nodes, int mebibytes)
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = mebibytes.MiB(), Nodes = nodes, Architecture = Architecture.X8664 });
        Keeps(kernel, null, "the pages it allocates");
        Assert.Equal(nodes, kernel.Memory.Nodes.Count);
        Pfn end = new(0);
        foreach (PgData node in kernel.Memory.Nodes)
        {
            Assert.Equal(end, node.NodeStartPfn);
            end = node.EndPfn;
            Page page = kernel.Run(() => AllocPagesNode(node.NodeId, GfpFlags.Kernel, 0))!;
            Assert.Equal(node.NodeId, page.Zone!.Node);
            kernel.RunKernelThread(() => FreePage(page));
        }

        Assert.Equal(kernel.Memory.MemoryMap.Frames, end);
        Assert.Null(kernel.Run(() => AllocPagesNode(nodes, GfpFlags.Kernel, 0)));
        Assert.Null(kernel.Run(() => AllocPagesNode(-1, GfpFlags.Kernel, 0)));

        // Empty node 1: its requests go to the next one, then round.
        int[] order = [.. kernel.Run(() =>
        {
            var seen = new List<int>();
            while (AllocPagesNode(1, GfpFlags.Kernel, 10) is { } page)
            {
                if (seen.Count == 0 || seen[^1] != page.Zone!.Node)
                    seen.Add(page.Zone!.Node);
            }

            return seen;
        })];
        Assert.Equal(Enumerable.Range(0, nodes).Select(i => (1 + i) % nodes).Distinct().Take(order.Distinct().Count()), order.Distinct());
    }

    [Theory]
    [InlineData(7, 1, 1)]
    [InlineData(3585, 1, 1)]
    [InlineData(1024, 0, 1)]
    [InlineData(1024, 65, 1)]
    [InlineData(1024, 1, 9)]
    [InlineData(16, 1, 4)]
    public void A_machine_that_cannot_be_built_is_refused_in_words(int mebibytes, int cpus, int nodes)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(
            () => Kernel.Boot(new MachineOptions { MemorySize = mebibytes.MiB(), Cpus = cpus, Nodes = nodes }));
        Assert.Equal(cpus != 1 ? "Cpus" : nodes != 1 ? "Nodes" : "MemorySize", exception.ParamName);
    }

    [Fact]
    public void A_machine_of_64_GiB_boots_with_few_host_bytes()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 64.GiB(), Architecture = Architecture.X8664 });
        Assert.InRange(kernel.Machine.Ram.ResidentBytes, 1ul, 32 * Mi);
        Assert.Equal(64.GiB() / 4096, kernel.Memory.PopulatedZones.Aggregate(0ul, (sum, zone) => sum + zone.PresentPages));
    }
}
