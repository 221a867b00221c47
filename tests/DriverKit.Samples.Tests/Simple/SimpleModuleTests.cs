using Samples.Simple;

namespace DriverKit.Samples.Tests.Simple;

public class SimpleModuleTests
{
    private static string[] Logged(Laboratory lab) =>
        [.. lab.Kernel.Log.Lines.Where(line => line.Message.StartsWith("Simple")).Select(line => line.ToString())];

    private static UserVirtualAddress Map(
        UserProcess process, string device, PhysicalAddress offset, ulong pages, OpenFlags flags = OpenFlags.ReadOnly)
    {
        int fd = process.Open(device, flags);
        UserVirtualAddress area = process.Mmap(default, pages * PageSize, Protection.Read, MapFlags.Shared, fd, offset.Value);
        process.Close(fd);
        return area;
    }

    [Theory]
    [InlineData("/dev/simpler")]
    [InlineData("/dev/simplen")]
    public void Logs_the_area_at_mmap_and_at_munmap(string device)
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");
        UserVirtualAddress area = Map(process, device, lab.Reserved, 1);
        process.Munmap(area, PageSize);
        Assert.Equal([$"<5>Simple VMA open, virt {area.Value:x}, phys {lab.Reserved.Value:x}", "<5>Simple VMA close."], Logged(lab));
    }

    [Theory]
    [InlineData("/dev/simpler", 0, 1, 2, 1)] // an edge: one more open, one close
    [InlineData("/dev/simpler", 1, 1, 3, 1)] // the middle: two more opens, one close
    [InlineData("/dev/simplen", 2, 1, 2, 1)]
    [InlineData("/dev/simplen", 1, 1, 3, 1)]
    [InlineData("/dev/simplen", 0, 3, 1, 1)] // all of it
    public void Opens_and_closes_as_splits_demand(string device, ulong first, ulong pages, int opens, int closes)
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");
        UserVirtualAddress area = Map(process, device, lab.Reserved, 3);
        process.Munmap(area + first * PageSize, pages * PageSize);
        Assert.Equal((opens, closes), Counts(lab));
        process.Exit();
        Assert.Equal((opens, opens), Counts(lab));
    }

    [Theory]
    [InlineData("/dev/simpler")]
    [InlineData("/dev/simplen")]
    public void A_fork_opens_and_each_exit_closes(string device)
    {
        using var lab = new Laboratory();
        UserProcess parent = lab.Kernel.CreateProcess("test");
        UserVirtualAddress area = Map(parent, device, lab.Reserved, 1);
        UserProcess child = parent.Fork();
        Assert.Equal((2, 0), Counts(lab));
        Assert.Equal((byte)'r', child.Load<byte>(area));
        parent.Exit();
        Assert.Equal((2, 1), Counts(lab));
        Assert.Equal((byte)'r', child.Load<byte>(area));
        child.Exit();
        Assert.Equal((2, 2), Counts(lab));
    }

    [Fact]
    public void A_split_area_shows_the_right_page()
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");
        UserVirtualAddress area = Map(process, "/dev/simplen", lab.Reserved - PageSize, 2);
        process.Munmap(area, PageSize);
        Assert.Equal((byte)'r', process.Load<byte>(area + PageSize));
    }

    [Theory]
    [InlineData(OpenFlags.ReadOnly, 0x100000ul, false)]
    [InlineData(OpenFlags.ReadOnly, 0x3FFF000ul, false)]
    [InlineData(OpenFlags.ReadOnly, 0x4000000ul, true)] // __pa(high_memory)
    [InlineData(OpenFlags.ReadOnly, 0xF0000000ul, true)]
    [InlineData(OpenFlags.Sync, 0x100000ul, true)]
    public void Nopage_areas_are_reserved_and_VM_IO_for_device_memory_or_O_SYNC(OpenFlags flags, ulong offset, bool isIo)
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");
        VmAreaStruct vma = process.Mm.FindVma(Map(process, "/dev/simplen", new(offset), 1, flags))!;
        Assert.True(vma.VmFlags.HasFlag(VmFlags.Reserved));
        Assert.Equal(isIo, vma.VmFlags.HasFlag(VmFlags.Io));
    }

    [Theory]
    [InlineData(64)]
    [InlineData(1024)]
    public void High_memory_is_an_address_to_compare_with_and_not_one_of_a_page(int mebibytes)
    {
        using var kernel = Kernel.Boot(new() { MemorySize = mebibytes.MiB() });
        kernel.RunKernelThread(() => Assert.Equal((ulong)Math.Min(mebibytes, 896) << 20, Pa(HighMemory).Value));
        Action[] pageOf = [() => VirtToPage(HighMemory), () => _ = Pa(HighMemory + 1ul)];
        foreach (Action code in pageOf)
            Assert.Equal("DK2001", Assert.Throws<KernelOopsException>(() => kernel.RunKernelThread(code)).RuleId);
        Assert.Throws<KernelOopsException>(() => kernel.RunKernelThread(() => FreePage(HighMemory)));
        Assert.Throws<KernelOopsException>(() => kernel.RunKernelThread(() => Kfree(HighMemory)));
    }

    [Fact]
    public void A_failing_remap_is_EAGAIN()
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");

        // Without this the OOM killer would end the process before it sees the error.
        process.OomScoreAdj = UserProcess.OomScoreAdjMin;
        int fd = process.Open("/dev/simpler");
        lab.Kernel.RunKernelThread(() =>
        {
            while (AllocPage(GfpFlags.Atomic | GfpFlags.NoWarn) is not null)
            {
            }
        });
        var failed = Assert.Throws<SyscallException>(() => process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd));
        Assert.Equal(Errno.EAGAIN, failed.Errno);
        Assert.Empty(Logged(lab));
    }

    [Theory]
    [InlineData("/dev/simpler")]
    [InlineData("/dev/simplen")]
    public void There_is_no_read_and_no_write(string device)
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");
        int fd = process.Open(device, OpenFlags.ReadWrite);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => process.Read(fd, new byte[1])).Errno);
        Assert.Equal(Errno.EINVAL, Assert.Throws<SyscallException>(() => process.Write(fd, new byte[1])).Errno);
    }

    [Fact]
    public void An_area_keeps_the_module_loaded_after_its_file_is_closed()
    {
        using var lab = new Laboratory();
        UserProcess process = lab.Kernel.CreateProcess("test");
        UserVirtualAddress area = Map(process, "/dev/simplen", lab.Reserved, 1);
        Assert.Equal(Errno.EAGAIN, Assert.Throws<SyscallException>(() => lab.Kernel.RemoveModule(lab.Module)).Errno);
        process.Munmap(area, PageSize);
        SimpleLoad.Unload(lab.Kernel, lab.Module);
        Assert.DoesNotContain("simple", lab.Kernel.ReadFile("/proc/devices"));
        Assert.Equal(Errno.ENOENT, Assert.Throws<SyscallException>(() => process.Open("/dev/simplen")).Errno);
        SimpleLoad.Load(lab.Kernel);
    }

    private static (int Opens, int Closes) Counts(Laboratory lab) =>
        (Logged(lab).Count(line => line.Contains("open")), Logged(lab).Count(line => line.Contains("close")));
}
