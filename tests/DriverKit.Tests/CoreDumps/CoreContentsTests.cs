using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.CoreDumps;

/// <summary>A core file holds what the process would load, wherever the bytes are: in memory, in the page cache, on the disk or in swap.</summary>
public sealed class CoreContentsTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;
    private const MapFlags SharedAnonymous = MapFlags.Shared | MapFlags.Anonymous;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Initialised_data_that_the_program_has_not_touched_are_in_the_file(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        byte[] data = Enumerable.Range(0, 8192).Select(i => (byte)(i * 7 + 1)).ToArray();
        var program = new ElfProgram { Text = new byte[] { 0x90, 0xC3 }, Data = data };
        kernel.InstallProgram("/bin/p", program);
        UserProcess process = kernel.CreateProcess("sh");
        process.Execve("/bin/p", ["p"]);
        UserVirtualAddress start = program.DataStart(architecture);
        process.Store<byte>(start, 0xEE);
        data[0] = 0xEE;
        AssertDumped(kernel, process, start, data);

        // The same when the page cache no longer has them, only the disk.
        process.Sync();
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        AssertDumped(kernel, process, start, data);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Shared_memory_that_only_the_child_has_written_is_in_the_parents_file(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress shared = parent.Mmap(default, 2 * PageSize, ReadWrite, SharedAnonymous);
        UserProcess child = parent.Fork();
        child.StoreBytes(shared + 4090ul, "from the child"u8);
        byte[] expected = new byte[2 * PageSize];
        "from the child"u8.CopyTo(expected.AsSpan(4090));
        AssertDumped(kernel, parent, shared, expected);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Shared_memory_in_swap_is_in_the_file_and_stays_in_swap(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.SwapOn(new RamDisk(64.MiB()));
        UserProcess process = kernel.CreateProcess("p");
        const int Pages = 64;
        UserVirtualAddress shared = process.Mmap(default, Pages * PageSize, ReadWrite, SharedAnonymous), own = process.Mmap(default, Pages * PageSize, ReadWrite, Anonymous);
        byte[] expected = Enumerable.Range(0, Pages * (int)PageSize).Select(i => (byte)(i / 4096 + i)).ToArray();
        process.StoreBytes(shared, expected);
        process.StoreBytes(own, expected);
        Press(kernel);
        Assert.Contains("Swap:", kernel.ReadFile($"/proc/{process.Pid}/smaps"));
        ulong free = kernel.VirtualMemory.Swap.FreePages;
        Assert.True(process.Mm.SwapEntries > 0 && process.Mm.ShmemRss < Pages, "nothing has been pushed out");
        AssertDumped(kernel, process, shared, expected);
        AssertDumped(kernel, process, own, expected);
        Assert.Equal(free, kernel.VirtualMemory.Swap.FreePages);
        byte[] loaded = new byte[expected.Length];
        process.LoadBytes(shared, loaded);
        Assert.Equal(expected, loaded);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Pages_of_a_file_that_reclaim_has_unmapped_are_in_the_file_and_zeros_behind_its_end(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        const int Length = 8 * 4096 + 100;
        string text = string.Concat(Enumerable.Range(0, Length).Select(i => (char)('a' + i % 26)));
        kernel.WriteFile("/tmp/f", text);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/tmp/f");
        UserVirtualAddress area = process.Mmap(default, 16 * PageSize, ReadWrite, MapFlags.Private, fd);
        process.Store<byte>(area, (byte)'!');
        for (ulong i = 0; i < 9; i++)
            process.Load<byte>(area + i * PageSize);
        process.Sync();
        Press(kernel);
        Assert.True(process.Mm.FileRss < 8, "nothing has been unmapped");
        byte[] expected = new byte[16 * PageSize];
        Encoding.ASCII.GetBytes("!" + text[1..]).CopyTo(expected, 0);
        AssertDumped(kernel, process, area, expected);
    }

    /// <summary>The bytes are in the core file, and neither memory nor counters have changed by writing it.</summary>
    private static void AssertDumped(Kernel kernel, UserProcess process, UserVirtualAddress start, byte[] expected)
    {
        string before = State(kernel, process);
        ElfFile core = CoreDumpTests.Dump(kernel, process);
        Assert.Equal(before, State(kernel, process));
        byte[] dumped = core.At(start.Value, expected.Length);
        for (int at = 0; at < expected.Length; at += (int)PageSize)
            Assert.True(dumped.AsSpan(at, (int)PageSize).SequenceEqual(expected.AsSpan(at, (int)PageSize)), $"page {at >> 12} differs");
    }

    private static string State(Kernel kernel, UserProcess process)
    {
        string pages = kernel.ReadFile("/proc/vmstat") + kernel.ReadFile("/proc/meminfo") + kernel.ReadFile("/proc/swaps") + kernel.ReadFile("/proc/buddyinfo");
        return pages + kernel.ReadFile($"/proc/{process.Pid}/smaps") + kernel.ReadFile($"/proc/{process.Pid}/status");
    }

    /// <summary>Another process takes nearly all memory, and gives it back.</summary>
    private static void Press(Kernel kernel)
    {
        UserProcess fat = kernel.CreateProcess("fat");
        ulong pages = kernel.Memory.TotalPages;
        UserVirtualAddress area = fat.Mmap(default, pages * PageSize, ReadWrite, Anonymous | MapFlags.NoReserve);
        for (ulong i = 0; i < pages && (kernel.VirtualMemory.Swap.TotalPages != 0 || i < pages * 97 / 100) && fat.IsAlive; i++)
        {
            try
            {
                fat.Store(area + i * PageSize, 1);
            }
            catch (SignalException)
            {
                break;
            }
        }

        if (fat.IsAlive)
            fat.Exit();
    }
}
