using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>What a process may have, what all may be promised, and what a driver's areas have to do with it.</summary>
public sealed class LimitTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [Fact]
    public void Areas_of_raw_frames_are_never_locked()
    {
        Kernel kernel = Boot();
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/remap", OpenFlags.ReadWrite);
        process.Mmap(default, 4 * 4096, ReadWrite, MapFlags.Shared | MapFlags.Locked, fd);
        Assert.Equal(0ul, process.Mm.LockedVm);
        process.Mlockall(MlockallFlags.Future);
        process.Mmap(default, 4 * 4096, ReadWrite, MapFlags.Shared, fd);
        Assert.Equal(0ul, process.Mm.LockedVm);
        process.Mmap(default, 4096, ReadWrite, Anonymous);
        Assert.Equal(1ul, process.Mm.LockedVm);
    }

    [Fact]
    public void Msync_of_a_drivers_map_is_the_drivers_fsync()
    {
        Kernel kernel = Boot();
        KernelResult answer = -EIO;
        int calls = 0;
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, _) => 0,
            Fsync = _ =>
            {
                calls++;
                return answer;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        Expect.Errno(EIO, () => process.Msync(area, 4096, MsyncFlags.Sync));
        answer = 0;
        process.Msync(area, 4096, MsyncFlags.Sync);
        process.Msync(area, 4096, MsyncFlags.Async);
        Assert.Equal(2, calls);
    }

    [Fact]
    public void Msync_of_a_drivers_map_without_fsync_is_EINVAL()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (_, _) => 0 });
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        Expect.Errno(EINVAL, () => process.Msync(area, 4096, MsyncFlags.Sync));
        process.Msync(area, 4096, MsyncFlags.Async);
    }

    [Fact]
    public void A_move_does_not_raise_the_peak_of_the_address_space()
    {
        Kernel kernel = Boot(Architecture.X8664);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 1 << 20, ReadWrite, Anonymous);
        ulong peak = process.Mm.HiwaterVm;
        process.Mremap(area, 1 << 20, 1 << 20, MremapFlags.MayMove | MremapFlags.Fixed, new(0x10_0000_0000));
        Assert.Equal(peak, process.Mm.HiwaterVm);
        process.Munmap(new(0x10_0000_0000), 1 << 20);
        Assert.Equal(peak, process.Mm.HiwaterVm);
    }

    [Fact]
    public void Shared_memory_is_promised_whichever_way_it_is_asked_for()
    {
        Kernel kernel = Boot();
        kernel.WriteFile("/proc/sys/vm/overcommit_memory", "2");
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/zero", OpenFlags.ReadWrite);
        Expect.Errno(ENOMEM, () => process.Mmap(default, 512 << 20, ReadWrite, MapFlags.Shared | MapFlags.Anonymous));
        Expect.Errno(ENOMEM, () => process.Mmap(default, 512 << 20, ReadWrite, MapFlags.Shared, fd));
        UserVirtualAddress small = process.Mmap(default, 1 << 20, ReadWrite, MapFlags.Shared, fd);
        process.Munmap(small, 1 << 20);
    }

    [Fact]
    public void Without_overcommit_a_small_machine_still_promises_something()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        kernel.WriteFile("/proc/sys/vm/overcommit_memory", "2");
        UserProcess process = kernel.CreateProcess("p");
        process.Mmap(default, 1 << 20, ReadWrite, Anonymous);
        Expect.Errno(ENOMEM, () => process.Mmap(default, 8 << 20, ReadWrite, Anonymous));
    }

    [Fact]
    public void A_data_limit_of_zero_leaves_the_decision_to_the_maximum()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        process.Setrlimit(RlimitResource.Data, new(0, Rlimit.Infinity));
        process.Mmap(default, 4096, ReadWrite, Anonymous);
        process.Setrlimit(RlimitResource.Data, new(0, 0));
        Expect.Errno(ENOMEM, () => process.Mmap(default, 4096, ReadWrite, Anonymous));
        process.Mmap(default, 4096, Protection.Read, Anonymous);
    }

    [Fact]
    public void A_piece_that_moves_back_to_where_it_merges_is_not_opened_again()
    {
        Kernel kernel = Boot();
        int opens = 0;
        var operations = new VmOperationsStruct { Open = _ => opens++ };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 2 * 4096, ReadWrite, MapFlags.Shared, fd), away = new(0x2000_0000);
        process.Mremap(area + 4096ul, 4096, 4096, MremapFlags.MayMove | MremapFlags.Fixed, away);
        int before = opens;
        process.Mremap(away, 4096, 4096, MremapFlags.MayMove | MremapFlags.Fixed, area + 4096ul);
        Assert.Equal(before, opens);
        Assert.Single(kernel.ReadFile($"/proc/{process.Pid}/maps").Split('\n'), line => line.EndsWith("/dev/test", StringComparison.Ordinal));
    }

    [Fact]
    public void Holding_pages_without_memory_is_ENOMEM()
    {
        Kernel kernel = Boot();
        var operations = new VmOperationsStruct { Nopage = (VmAreaStruct _, UserVirtualAddress _, ref FaultType _) => NopageResult.Oom };
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmOps = operations;
                return 0;
            },
            Ioctl = (_, _, _, argument) => GetUserPages(new UserVirtualAddress(argument), write: false, force: false, new Page?[1]),
        });
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd);
        Expect.Errno(ENOMEM, () => process.Ioctl(fd, 1, area));
    }

    [Fact]
    public void A_store_to_an_anonymous_page_of_a_drivers_shared_area_survives_swap()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        using var disk = new RamDisk(64.MiB());
        kernel.SwapOn(disk);
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (_, _) => 0 });
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, fd);
        process.Store(area, 1);
        UserProcess child = process.Fork();
        PushOut(kernel);
        Assert.Equal(1, process.Load<int>(area));
        process.Store(area, 2);
        PushOut(kernel);
        Assert.Equal(2, process.Load<int>(area));
        child.Exit();
    }

    private static void PushOut(Kernel kernel)
    {
        UserProcess hog = kernel.CreateProcess("hog");
        UserVirtualAddress much = hog.Mmap(default, 40 << 20, ReadWrite, Anonymous | MapFlags.NoReserve);
        for (ulong at = 0; at < 40 << 20; at += 4096)
            hog.Store(much + at, 1);
        hog.Exit();
    }
}
