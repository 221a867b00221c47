using DriverKit.Tests.Support;

namespace DriverKit.Tests.Oopses;

/// <summary>Calls at the wrong time: outside a kernel, from two threads, on the dead, after power-off.</summary>
public sealed class LifeCycleTests : KernelTest
{
    [Fact]
    public void A_header_function_outside_of_a_kernel_says_where_it_belongs()
    {
        var exception = Assert.Throws<InvalidOperationException>(() => Kmalloc(8, GfpFlags.Kernel));
        Assert.Contains("kmalloc() was called outside of a kernel", exception.Message);
        Assert.Contains("RunKernelThread", exception.Message);
        Assert.Throws<InvalidOperationException>(() => Current);
        Assert.Throws<InvalidOperationException>(() => Printk("x"));
    }

    [Fact]
    public void A_thread_that_leaves_the_kernel_by_an_oops_is_outside_again()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Expect.OopsIn(kernel, "does not belong to the slab allocator", () => Kfree(GetFreePage(GfpFlags.Kernel)), "DK3008");
        Assert.Throws<InvalidOperationException>(() => Kmalloc(8, GfpFlags.Kernel));
    }

    [Fact]
    public void Kernels_nest_on_one_thread_and_each_keeps_its_own()
    {
        Kernel outer = Boot(), inner = Boot();
        Keeps(outer, 1, "the page it allocates");
        Keeps(inner, 1, "the page it allocates");
        outer.RunKernelThread(() =>
        {
            ulong before = outer.FreePages();
            inner.RunKernelThread(() => AllocPage(GfpFlags.Kernel));
            Assert.Equal(before, outer.FreePages());
            AllocPage(GfpFlags.Kernel);
            Assert.Equal(before - 1, outer.FreePages());
        });
    }

    [Fact]
    public async Task Two_host_threads_in_one_kernel_are_told_to_take_turns()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        using var inside = new SemaphoreSlim(0);
        using var leave = new SemaphoreSlim(0);
        Task first = Task.Run(() => kernel.RunKernelThread(() =>
        {
            inside.Release();
            leave.Wait();
        }));
        await inside.WaitAsync();
        var exception = Assert.Throws<InvalidOperationException>(() => process.Brk());
        Assert.Contains("Two host threads use one simulated kernel", exception.Message);
        Assert.Throws<InvalidOperationException>(() => process.Load<int>(new(0x1000)));
        leave.Release();
        await first;
        process.Brk();
        Assert.True(process.IsAlive);
    }

    [Fact]
    public void The_dead_answer_ESRCH()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Store(area, 1);
        process.Exit(3);
        Assert.Equal((false, 3), (process.IsAlive, process.ExitCode));
        foreach (Action call in Calls(process, area))
            Expect.Errno(ESRCH, call);
        Expect.Errno(ENOENT, () => kernel.ReadFile($"/proc/{process.Pid}/maps"));
        Assert.Empty(kernel.Processes);
    }

    [Fact]
    public void After_Dispose_everything_is_over()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Store(area, 1);
        kernel.Dispose();
        kernel.Dispose();
        foreach (Action call in Calls(process, area))
            Expect.Errno(ESRCH, call);
        Assert.Throws<ObjectDisposedException>(() => kernel.CreateProcess("p"));
        Assert.Throws<ObjectDisposedException>(() => kernel.ReadFile("/proc/meminfo"));
        Assert.Throws<ObjectDisposedException>(() => kernel.RunKernelThread(() => { }));
        Assert.Throws<ObjectDisposedException>(() => kernel.InsertModule(new PagesDriver()));
        Assert.Throws<ObjectDisposedException>(() => kernel.WalkPageTables(process, area));
        Assert.Throws<ObjectDisposedException>(() => kernel.AddDevice(new MmioMemory("m", new PhysicalAddress(0xE000_0000), 4096)));
    }

    [Fact]
    public void A_machine_cannot_be_switched_off_from_inside()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                Assert.Contains("cannot be switched off from inside", Assert.Throws<InvalidOperationException>(kernel.Dispose).Message);
                return 7;
            },
        });
        Assert.Equal(7, process.Ioctl(fd, 1));
        Assert.True(kernel.Machine.IsOn);
        process.Exit();
        kernel.Dispose();
        Assert.False(kernel.Machine.IsOn);
    }

    [Fact]
    public void A_machine_starts_with_zeroed_RAM_although_its_sections_were_used_before()
    {
        for (int i = 0; i < 3; i++)
        {
            Kernel kernel = Boot();
            Keeps(kernel, 1024, "the pages it allocates");
            kernel.RunKernelThread(() =>
            {
                KernelLogicalAddress memory = GetFreePages(GfpFlags.Kernel, 10);
                for (ulong at = 0; at < 4 << 20; at += 4096)
                {
                    Assert.Equal(0ul, Load<ulong>(memory + at));
                    Store(memory + at, ulong.MaxValue);
                }
            });
        }
    }

    private static Action[] Calls(UserProcess process, UserVirtualAddress area) =>
    [
        () => process.Load<int>(area), () => process.Store(area, 1), () => process.LoadBytes(area, new byte[1]), () => process.StoreBytes(area, new byte[1]), () => process.Open("/dev"),
        () => process.Close(0), () => process.Read(0, area, 1), () => process.Write(0, area, 1), () => process.Read(0, new byte[1]), () => process.Write(0, new byte[1]),
        () => process.Lseek(0, 0), () => process.Ioctl(0, 0), () => process.Mmap(default, 4096, Protection.None, MapFlags.Private | MapFlags.Anonymous),
        () => process.Munmap(area, 4096), () => process.Mprotect(area, 4096, Protection.None), () => process.Brk(), () => process.Fork(), () => process.Exit(),
    ];
}
