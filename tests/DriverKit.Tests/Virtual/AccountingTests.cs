using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>What a driver's mappings cost a process, and what a driver may hold of a process.</summary>
public sealed class AccountingTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Pages_inserted_by_frame_number_are_not_in_the_resident_set_pages_inserted_as_pages_are(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        const int Pages = 16;
        Page[] pages = [];
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                bool byPfn = vma.VmPgoff != 0;
                if (byPfn)
                    vma.VmFlags |= VmFlags.PfnMap | VmFlags.Reserved;
                for (int i = 0; i < Pages; i++)
                {
                    UserVirtualAddress at = vma.VmStart + ((ulong)i << PageShift);
                    KernelResult result = byPfn ? VmInsertPfn(vma, at, PageToPfn(pages[i])) : VmInsertPage(vma, at, pages[i]);
                    if (result.IsError)
                        return result;
                }

                return 0;
            },
        });
        kernel.RunKernelThread(() => pages = [.. Enumerable.Range(0, Pages).Select(_ => AllocPage(GfpFlags.Kernel)!)]);
        ulong rss = process.Mm.Rss;

        UserVirtualAddress byPfn = process.Mmap(default, Pages * 4096, ReadWrite, MapFlags.Shared, fd, 4096);
        Assert.Equal(rss, process.Mm.Rss);
        Assert.All(pages, page => Assert.Equal((1, 0), (page.Count, page.Mapcount)));
        Assert.Equal((ulong)Pages, process.Mm.ReservedVm);
        process.Munmap(byPfn, Pages * 4096);

        UserVirtualAddress byPage = process.Mmap(default, Pages * 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(rss + Pages, process.Mm.Rss);
        Assert.Equal((ulong)Pages, process.Mm.FileRss);
        Assert.All(pages, page => Assert.Equal((2, 1), (page.Count, page.Mapcount)));
        process.Munmap(byPage, Pages * 4096);
        Assert.Equal(rss, process.Mm.Rss);
        kernel.RunKernelThread(() => Array.ForEach(pages, page => FreePage(page)));
    }

    [Fact]
    public void A_driver_holds_the_pages_of_the_process_that_called_it_and_writes_to_them()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, _, argument) =>
            {
                var pages = new Page?[2];
                KernelResult held = GetUserPages(new UserVirtualAddress(argument), write: true, force: false, pages);
                if (held.IsError)
                    return held;
                for (int i = 0; i < held.Value; i++)
                {
                    KernelVirtualAddress address = Kmap(pages[i]!);
                    Memset(address, 0x5A, 16);
                    Kunmap(pages[i]!);
                    SetPageDirtyLock(pages[i]!);
                    PutPage(pages[i]!);
                }

                return held;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 2 * 4096, ReadWrite, MapFlags.Private | MapFlags.Anonymous);
        UserProcess child = process.Fork();
        Assert.Equal(2, process.Ioctl(fd, 1, area));
        Assert.Equal(0x5A5A5A5Au, process.Load<uint>(area + 4096ul));
        Assert.Equal(0u, child.Load<uint>(area + 4096ul));
        Assert.Equal(1, process.Ioctl(fd, 1, area + 4096ul));
        process.Mprotect(area, 4096, Protection.Read);
        Expect.Errno(EFAULT, () => process.Ioctl(fd, 1, area));
        Expect.Errno(EFAULT, () => process.Ioctl(fd, 1, new UserVirtualAddress(0x1000)));
        Expect.Errno(EFAULT, () => process.Ioctl(fd, 1, new UserVirtualAddress(0xC000_0000)));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Forced_pages_of_a_read_only_private_map_are_copied_and_stay_read_only_for_the_process()
    {
        Kernel kernel = Boot();
        kernel.WriteFile("/tmp/text", "original");
        UserProcess debugged = kernel.CreateProcess("debugged");
        int fd = debugged.Open("/tmp/text");
        UserVirtualAddress text = debugged.Mmap(default, 4096, Protection.Read, MapFlags.Private, fd);
        var pages = new Page?[1];
        Assert.Equal(1, kernel.VirtualMemory.UserPages.Get(debugged.Mm, text, write: true, force: true, pages).Value);
        kernel.Machine.Ram.Frame(pages[0]!.Pfn)[0] = (byte)'O';
        kernel.Memory.PageAllocator.Put(pages[0]!);
        Assert.Equal((byte)'O', debugged.Load<byte>(text));
        Expect.Signal(Signal.SIGSEGV, SignalCode.ACCERR, text, () => debugged.Store<byte>(text, 1));
        Assert.Equal("original", kernel.ReadFile("/tmp/text"));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Device_memory_cannot_be_held()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/remap", OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(EFAULT, kernel.VirtualMemory.UserPages.Get(process.Mm, area, write: false, force: true, new Page?[1]).Errno);
    }
}
