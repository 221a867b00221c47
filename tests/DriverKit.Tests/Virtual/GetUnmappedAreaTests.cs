using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

/// <summary>A driver that chooses where its maps go.</summary>
public sealed class GetUnmappedAreaTests : KernelTest
{
    private const Protection Rw = Protection.Read | Protection.Write;
    private const ulong Page = 4096;

    private static readonly UserVirtualAddress Place = new(0x2000_0000);

    private readonly List<string> _log = [];
    private Func<UserVirtualAddress, ulong, KernelResult> _choose = (_, _) => Place.Value;

    [Fact]
    public void The_map_goes_where_the_driver_says_and_the_driver_learns_all_there_is()
    {
        (UserProcess process, int fd) = Open(Boot());
        Assert.Equal(Place, process.Mmap(new(0x3000_0123), 5000, Protection.Read, MapFlags.Shared, fd, offset: 3 * Page));
        Assert.Equal(["0x30000123 8192 3 1", "mmap 0x20000000"], _log);
    }

    [Fact]
    public void MAP_FIXED_is_not_asked_about()
    {
        (UserProcess process, int fd) = Open(Boot());
        Assert.Equal(Place + Page, process.Mmap(Place + Page, Page, Protection.Read, MapFlags.Shared | MapFlags.Fixed, fd));
        Assert.Equal(Place, process.Mmap(Place, Page, Protection.Read, MapFlags.Shared | MapFlags.FixedNoReplace, fd));
        Expect.Errno(EEXIST, () => process.Mmap(Place, Page, Protection.Read, MapFlags.Shared | MapFlags.FixedNoReplace, fd));
        Assert.Equal(["mmap 0x20001000", "mmap 0x20000000"], _log);
    }

    [Fact]
    public void A_driver_can_ask_the_kernel_and_make_something_of_the_answer()
    {
        const ulong Alignment = 4 << 20;
        (UserProcess process, int fd) = Open(Boot());
        _choose = (address, length) =>
        {
            KernelResult room = GetUnmappedArea(null, address, length + Alignment, 0, 0);
            return room.IsError ? room : ((ulong)room.Value + Alignment - 1) & ~(Alignment - 1);
        };
        UserVirtualAddress first = process.Mmap(default, Page, Protection.Read, MapFlags.Shared, fd), second = process.Mmap(default, Page, Protection.Read, MapFlags.Shared, fd);
        Assert.Equal((0ul, 0ul), (first.Value % Alignment, second.Value % Alignment));
        Assert.NotEqual(first, second);
        Expect.Errno(ENOMEM, () => process.Mmap(default, process.Mm.TaskSize, Protection.Read, MapFlags.Shared, fd));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Bad_choices_are_errors_of_mmap(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        (UserProcess process, int fd) = Open(kernel);
        foreach ((KernelResult choice, Errno errno) in new (KernelResult, Errno)[]
        {
            (-EBUSY, EBUSY), (Place.Value + 1, EINVAL), (process.Mm.TaskSize, ENOMEM), (process.Mm.TaskSize - Page, ENOMEM), (long.MinValue, ENOMEM), (0, EPERM), (Page, EPERM),
        })
        {
            _choose = (_, _) => choice;
            Expect.Errno(errno, () => process.Mmap(default, 2 * Page, Protection.Read, MapFlags.Shared, fd));
        }

        Expect.Errno(ENOMEM, () => process.Mmap(default, process.Mm.TaskSize + Page, Protection.Read, MapFlags.Shared, fd));
        Assert.DoesNotContain(_log, line => line.StartsWith("mmap", StringComparison.Ordinal));
        Assert.Equal(7, _log.Count);
    }

    [Fact]
    public void What_is_mapped_where_the_driver_says_is_unmapped()
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = Open(kernel);
        process.Mmap(Place, 3 * Page, Rw, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        process.Store(Place + Page, 42);
        _choose = (_, _) => Place.Value + Page;
        Assert.Equal(Place + Page, process.Mmap(default, Page, Protection.Read, MapFlags.Shared, fd));
        Assert.Equal(0, process.Load<int>(Place + Page));
        Assert.Equal(3, kernel.ReadFile($"/proc/{process.Pid}/maps").Split('\n').Count(line => line.StartsWith("2000", StringComparison.Ordinal)));
    }

    [Fact]
    public void Mremap_asks_where_to_move_and_takes_no_place_that_is_taken()
    {
        (UserProcess process, int fd) = Open(Boot());
        UserVirtualAddress area = process.Mmap(default, 2 * Page, Protection.Read, MapFlags.Shared, fd, offset: 7 * Page);
        process.Mmap(area + 2 * Page, Page, Rw, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
        Expect.Errno(ENOMEM, () => process.Mremap(area + Page, Page, 4 * Page, MremapFlags.MayMove));
        Assert.Equal("0x00000000 16384 8 1", _log[^1]);
        _choose = (_, _) => Place.Value + 0x1000_0000;
        Assert.Equal(Place + 0x1000_0000ul, process.Mremap(area + Page, Page, 4 * Page, MremapFlags.MayMove));
        int asked = _log.Count;
        process.Mremap(area, Page, Page, MremapFlags.MayMove | MremapFlags.Fixed, Place + 0x100_0000ul);
        Assert.Equal(asked, _log.Count);
        _choose = (_, _) => -EACCES;
        Expect.Errno(EACCES, () => process.Mremap(Place + 0x1000_0000ul, Page, 8 * Page, MremapFlags.MayMove));
    }

    [Fact]
    public void A_driver_that_asks_itself_is_an_oops_and_so_is_a_kernel_thread_that_asks()
    {
        Kernel kernel = Boot();
        OpenFile? file = null;
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Open = (_, filp) =>
            {
                file = filp;
                return 0;
            },
            Mmap = (_, _) => 0,
            GetUnmappedArea = (filp, address, length, pgoff, flags) => GetUnmappedArea(filp, address, length, pgoff, flags),
        }));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(TestDriver.Node);
        Expect.Oops("kernel stack overflow", () => process.Mmap(default, Page, Protection.Read, MapFlags.Shared, fd));
        Assert.NotNull(file);
        Expect.OopsIn(kernel, "has no address space", () => _ = GetUnmappedArea(null, default, Page, 0, 0));
    }

    [Fact]
    public void The_kernels_answer_is_where_mmap_goes_and_nonsense_is_an_error()
    {
        Kernel kernel = Boot();
        KernelResult[] answers = [];
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                const ulong Fixed = (ulong)MapFlags.Fixed;
                answers =
                [
                    GetUnmappedArea(null, default, 5000, 0, 0), GetUnmappedArea(null, Place, 1, 0, 0), GetUnmappedArea(null, Place + 1ul, 1, 0, Fixed),
                    GetUnmappedArea(null, default, 1, 0, Fixed), GetUnmappedArea(null, default, ulong.MaxValue, 0, 0), GetUnmappedArea(null, default, 0xC000_0000, 0, 0),
                    GetUnmappedArea(null, Place, 0, 0, 0),
                ];
                return 0;
            },
        }));
        UserProcess process = kernel.CreateProcess("p");
        process.Ioctl(process.Open(TestDriver.Node), 1);
        UserVirtualAddress area = process.Mmap(default, 2 * Page, Protection.Read, MapFlags.Private | MapFlags.Anonymous);
        Assert.Equal([area.Value, Place.Value, -EINVAL, -EPERM, -ENOMEM, -ENOMEM, Place.Value], answers);
    }

    private (UserProcess Process, int Fd) Open(Kernel kernel) => TestDriver.Open(kernel, new FileOperations
    {
        GetUnmappedArea = (_, address, length, pgoff, flags) =>
        {
            _log.Add($"{address} {length} {pgoff} {flags}");
            return _choose(address, length);
        },
        Mmap = (_, vma) =>
        {
            _log.Add($"mmap {vma.VmStart}");
            return 0;
        },
    });
}
