using DriverKit.Tests.Support;

namespace DriverKit.Tests.KernelMemory;

public sealed class PointerTests : KernelTest
{
    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Memcpy_is_memmove_for_random_overlaps_in_scattered_and_in_low_memory(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        Keeps(kernel, 13, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            const int Size = 5 * 4096;
            var random = new SeededRandom(13);
            byte[] model = new byte[Size], seen = new byte[Size];
            foreach (KernelVirtualAddress area in new[] { Vmalloc(Size), GetFreePages(GfpFlags.Kernel, 3) })
            {
                for (int i = 0; i < Size; i++)
                    model[i] = (byte)random.Next();
                Memcpy(area, model);
                for (int step = 0; step < 1000; step++)
                {
                    int from = (int)random.Next(Size), to = random.Next(3) == 0 ? (int)random.Next(Size) : Math.Clamp(from + (int)random.Next(64) - 32, 0, Size - 1);
                    int count = (int)random.Next((ulong)(Size - Math.Max(from, to) + 1));
                    Memcpy(area + (long)to, area + (long)from, (ulong)count);
                    model.AsSpan(from, count).CopyTo(model.AsSpan(to));
                    int at = (int)random.Next(Size - 8);
                    Assert.Equal(BitConverter.ToUInt64(model, at), Load<ulong>(area + (long)at));
                }

                Memset(area + 100ul, 0xC3, 9000);
                model.AsSpan(100, 9000).Fill(0xC3);
                Memcpy(seen, area);
                Assert.Equal(model, seen);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Va_and_pa_are_inverse_over_all_of_low_memory_and_bugs_beyond(Architecture architecture)
    {
        Kernel kernel = BootWithHighMemory(architecture);
        Keeps(kernel, 1, "what its kernel code allocates");
        MemoryLayout layout = kernel.Memory.Layout;
        kernel.RunKernelThread(() =>
        {
            var random = new SeededRandom(17);
            for (int i = 0; i < 5000; i++)
            {
                var physical = new PhysicalAddress(random.Next(layout.EndOfLowMemory.Value));
                KernelLogicalAddress logical = Va(physical);
                Assert.Equal((physical, physical, logical), (Pa(logical), VirtToPhys(logical), PhysToVirt(physical)));
                Assert.Equal(physical.ToPfn(), VirtToPage(logical).Pfn);
                Assert.Equal(logical.PageAlignDown, (KernelLogicalAddress)PageAddress(VirtToPage(logical)));
                Assert.True(VirtAddrValid(logical));
            }

            Assert.Equal(HighMemory, Va(layout.EndOfLowMemory - 1ul) + 1ul);
            Assert.False(VirtAddrValid(HighMemory));
            Assert.Equal(layout.EndOfLowMemory, Pa(HighMemory));
        });
        Expect.OopsIn(kernel, "is not in low memory", () => VirtToPage(new KernelLogicalAddress(layout.HighMemory.Value)), "DK2001");
        KernelVirtualAddress scattered = kernel.Run(() => Vmalloc(4096));
        foreach (Func<KernelLogicalAddress, object> convert in new Func<KernelLogicalAddress, object>[] { a => Pa(a), a => VirtToPhys(a), a => VirtToPage(a) })
        {
            Expect.OopsIn(kernel, "an address of the vmalloc area is not in low memory; its pages are scattered, use vmalloc_to_page()", () => convert((KernelLogicalAddress)scattered), "DK2001");
            Expect.OopsIn(kernel, "is not in low memory", () => convert(layout.HighMemory + 1ul), "DK2001");
            Expect.OopsIn(kernel, "is not in low memory", () => convert(new KernelLogicalAddress(ulong.MaxValue)), "DK2001");
            Expect.OopsIn(kernel, "a NULL pointer, not a kernel logical address", () => convert(default), "DK2002");
            Expect.OopsIn(kernel, "an address of user space (or a physical address), not a kernel logical address", () => convert(new KernelLogicalAddress(0x100000)), "DK2002");
        }

        Expect.OopsIn(kernel, "is not in low memory", () => VirtToPage(layout.HighMemory), "DK2001");
        Expect.OopsIn(kernel, "the number is a kernel logical address, not a physical address", () => Va(new PhysicalAddress(layout.PageOffset + 4096)), "DK2002");
        Expect.OopsIn(kernel, architecture == Architecture.X8664 ? "no RAM there" : "high memory has no logical address", () => Va(layout.EndOfLowMemory), "DK2006");
    }

    [Fact]
    public void A_pointer_to_a_freed_object_is_a_bug_when_it_is_followed()
    {
        Kernel kernel = Boot();
        foreach (bool store in new[] { false, true })
        {
            string report = Assert.Throws<KernelOopsException>(() => kernel.RunKernelThread(() =>
            {
                KernelLogicalAddress kept = Kmalloc(100, GfpFlags.Kernel), freed = Kmalloc(100, GfpFlags.Kernel);
                Memset(freed, 1, 100);
                Kfree(freed);
                Store(kept + 99, (byte)1);
                Kfree(kept);
                if (store)
                    Store(freed + 99, (byte)1);
                else
                    Load<byte>(freed);
            })).Report;
            Assert.Contains("use after free", report);
            Assert.Contains("`size-128'", report);
        }
    }

    [Fact]
    public void Following_a_bad_pointer_is_the_oops_that_Linux_prints()
    {
        Kernel kernel = Boot();
        Expect.OopsIn(kernel, "Unable to handle kernel NULL pointer dereference at virtual address 00000010", () => Load<int>(new KernelVirtualAddress(0x10)));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request at virtual address 0804b000", () => Store(new KernelVirtualAddress(0x0804B000), 1), "DK2002");
        Expect.OopsIn(kernel, "Unable to handle kernel paging request at virtual address ffffffff", () => Load<byte>(new KernelVirtualAddress(0xFFFF_FFFF)));
        Expect.OopsIn(kernel, "Unable to handle kernel paging request", () => Load<long>(new KernelVirtualAddress(ulong.MaxValue - 3)));
    }

    [Fact]
    public void Load_and_store_cross_pages_of_scattered_memory()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 2, "what its kernel code allocates");
        kernel.RunKernelThread(() =>
        {
            KernelVirtualAddress area = Vmalloc(8192);
            for (ulong at = 4090; at < 4096; at++)
            {
                Store(area + at, 0x1122334455667788ul + at);
                Assert.Equal(0x1122334455667788ul + at, Load<ulong>(area + at));
            }
        });
    }
}
