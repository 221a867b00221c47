using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>Each rule of <see cref="EraRules"/> as a process meets it, in both eras, and docs/eras.md in step with them.</summary>
public sealed partial class EraTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;
    private static readonly PhysicalAddress Window = new(0xE000_0000);

    public static TheoryData<KernelEra> Eras => [KernelEra.Linux2611, KernelEra.Linux2620];

    [Theory]
    [MemberData(nameof(Eras))]
    public void There_is_no_splice_before_2_6_17(KernelEra era)
    {
        UserProcess process = Boot(era: era).CreateProcess("p");
        (int read, int write) = process.Pipe();
        foreach (Action call in new Action[] { () => process.Splice(99, write, 1), () => process.Tee(read, 99, 1), () => process.Vmsplice(99, []) })
            Expect.Errno(IsOld(era) ? ENOSYS : EBADF, call);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void RAM_that_is_not_reserved_is_left_out_by_remap_pfn_range_before_2_6_15(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        var driver = new PagesDriver();
        kernel.InsertModule(driver);
        kernel.RunKernelThread(() => Store(PageAddress(driver.Pages[0]), 7));
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, MapFlags.Shared, process.Open("/dev/remap", OpenFlags.ReadWrite));
        Assert.Equal(IsOld(era) ? 0 : 7, process.Load<int>(area));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Device_memory_grows_in_place_and_is_forgotten_on_advice_before_2_6_15(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        (UserProcess process, int fd) = OpenDeviceMemory(kernel);
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), 4096, ReadWrite, MapFlags.Shared, fd);
        process.Store(area, 7);
        if (!IsOld(era))
        {
            Expect.Errno(EFAULT, () => process.Mremap(area, 4096, 8192));
            Expect.Errno(EINVAL, () => process.Madvise(area, 4096, MemoryAdvice.DontNeed));
            Assert.Equal(7, process.Load<int>(area));
            return;
        }

        Assert.Equal(area, process.Mremap(area, 4096, 8192));
        Assert.Equal((7, 0), (process.Load<int>(area), process.Load<int>(area + 4096ul)));
        process.Madvise(area, 4096, MemoryAdvice.DontNeed);
        Assert.Equal(0, process.Load<int>(area));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void A_store_to_a_private_page_of_device_memory_kills_before_2_6_15_and_copies_since(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        (UserProcess process, int fd) = OpenDeviceMemory(kernel);
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), 4096, ReadWrite, MapFlags.Private, fd);
        Assert.Equal(0, process.Load<int>(area));
        if (IsOld(era))
        {
            Assert.Equal(Signal.SIGKILL, Assert.Throws<SignalException>(() => process.Store(area, 1)).Signal);
            Assert.Contains("do_wp_page: bogus page at address 20000000", kernel.LogLines());
            Assert.False(process.IsAlive);
            return;
        }

        process.Store(area, 1);
        Assert.Equal((1, 0), (process.Load<int>(area), process.Load<int>(process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, fd))));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Mmap_asks_for_the_operation_first_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        (UserProcess process, _) = TestDriver.Open(kernel, new FileOperations());
        int writeOnly = process.Open(TestDriver.Node, OpenFlags.WriteOnly);
        Expect.Errno(IsOld(era) ? ENODEV : EACCES, () => process.Mmap(default, 4096, Protection.Read, MapFlags.Private, writeOnly));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Mmap_of_no_bytes_gives_the_address_back_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress wish = new(0x2000_0000);
        int areas = process.Mm.MapCount;
        if (IsOld(era))
            Assert.Equal(wish, process.Mmap(wish, 0, ReadWrite, Anonymous));
        else
            Expect.Errno(EINVAL, () => process.Mmap(wish, 0, ReadWrite, Anonymous));
        Assert.Equal(areas, process.Mm.MapCount);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Mmap_of_more_than_there_can_be_is_EINVAL_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations { Mmap = (_, _) => 0 });
        Expect.Errno(IsOld(era) ? EINVAL : ENOMEM, () => process.Mmap(default, process.Mm.TaskSize + 4096, ReadWrite, Anonymous));
        Expect.Errno(IsOld(era) ? EINVAL : ENOMEM, () => process.Mmap(default, ulong.MaxValue, ReadWrite, Anonymous));
        Expect.Errno(IsOld(era) ? EINVAL : EOVERFLOW, () => process.Mmap(default, 8192, ReadWrite, MapFlags.Shared, fd, 0xFFFF_FFFFul << 12));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Mlock_of_memory_without_access_is_EFAULT_in_2_6_11_and_locks_it_in_both(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.None, Anonymous);
        Expect.Errno(IsOld(era) ? EFAULT : ENOMEM, () => process.Mlock(area, 4096));
        Assert.Equal(1ul, process.Mm.LockedVm);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void A_process_locks_32_KiB_by_default_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 9 * 4096, ReadWrite, Anonymous);
        Assert.Equal(IsOld(era) ? 32ul << 10 : 8ul << 20, process.Getrlimit(RlimitResource.MemLock).Current);
        process.Mlock(area, 8 * 4096);
        if (IsOld(era))
            Expect.Errno(ENOMEM, () => process.Mlock(area, 9 * 4096));
        else
            process.Mlock(area, 9 * 4096);
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Mincore_and_willneed_know_files_only_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, Anonymous);
        process.Store(area, 1);
        if (IsOld(era))
        {
            Expect.Errno(ENOMEM, () => process.Mincore(area, 4096));
            Expect.Errno(EBADF, () => process.Madvise(area, 4096, MemoryAdvice.WillNeed));
        }
        else
        {
            Assert.Equal([1], process.Mincore(area, 4096));
            process.Madvise(area, 4096, MemoryAdvice.WillNeed);
        }

        int file = process.Open("/tmp/x", OpenFlags.ReadWrite | OpenFlags.Create);
        process.Ftruncate(file, 4096);
        UserVirtualAddress mapped = process.Mmap(default, 4096, Protection.Read, MapFlags.Shared, file);
        process.Madvise(mapped, 4096, MemoryAdvice.WillNeed);
        Assert.Equal([1], process.Mincore(mapped, 4096));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void A_process_may_have_six_areas_more_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        Assert.Equal(IsOld(era) ? "65536\n" : "65530\n", kernel.ReadFile("/proc/sys/vm/max_map_count"));
    }

    [Theory]
    [MemberData(nameof(Eras))]
    public void Maps_show_offsets_of_private_memory_and_no_names_in_2_6_11(KernelEra era)
    {
        Kernel kernel = Boot(era: era);
        UserProcess process = kernel.CreateProcess("p");
        process.Brk(process.Brk() + 4096ul);
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), 4096, ReadWrite, Anonymous);
        process.Mprotect(area, 4096, Protection.Read);
        string maps = kernel.ReadFile($"/proc/{process.Pid}/maps");
        Assert.Contains($"20000000-20001000 r--p {(IsOld(era) ? "20000000" : "00000000")} 00:00 0 \n", maps);
        Assert.Equal(!IsOld(era), maps.Contains("[heap]"));
        Assert.Equal(!IsOld(era), maps.Contains("[stack]"));
    }

    [Fact]
    public void The_table_in_the_documentation_lists_every_rule_once()
    {
        IEnumerable<string> rules = typeof(EraRules).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(rule => rule.Name);
        string table = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "eras.md"));
        Assert.Equal(rules.Order(), RuleOfLine().Matches(table).Select(line => line.Groups[1].Value).Order());
    }

    private static bool IsOld(KernelEra era) => era == KernelEra.Linux2611;

    /// <summary>A process that has a device open whose mmap maps the device's memory.</summary>
    private static (UserProcess Process, int Fd) OpenDeviceMemory(Kernel kernel)
    {
        kernel.AddDevice(new MmioMemory("memory", Window, 1 << 16));
        return TestDriver.Open(kernel, new FileOperations { Mmap = (_, vma) => RemapPfnRange(vma, vma.VmStart, Window.ToPfn(), vma.Length, vma.VmPageProt) });
    }

    private static string RepositoryRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex RuleOfLine();
}
