using Samples.FrameBuffer;

namespace DriverKit.Samples.Tests.FrameBuffer;

public class FrameBufferTests
{
    private const ulong PixelPages = 63;

    private static Kernel Boot(out Display display, MachineOptions? machine = null)
    {
        Kernel kernel = Kernel.Boot(machine ?? new() { MemorySize = 64.MiB() });
        display = new Display();
        display.PlugInto(kernel);
        kernel.InsertModule(new FrameBufferModule());
        return kernel;
    }

    private static Errno MmapError(UserProcess process, ulong length, Protection protection, MapFlags flags, ulong offset)
    {
        int fd = process.Open("/dev/fb0", OpenFlags.ReadWrite);
        try
        {
            process.Mmap(default, length, protection, flags, fd, offset);
            return Errno.None;
        }
        catch (SyscallException error)
        {
            return error.Errno;
        }
    }

    [Theory]
    [InlineData(Architecture.I386)]
    [InlineData(Architecture.I386Pae)]
    [InlineData(Architecture.X8664)]
    public void Two_opens_see_each_others_pixels(Architecture architecture)
    {
        using Kernel kernel = Boot(out Display display, new() { MemorySize = 64.MiB(), Architecture = architecture });
        Canvas left = new(kernel.CreateProcess("left")), right = new(kernel.CreateProcess("right"));
        left[0, 0] = 0x112233;
        right[319, 199] = 0x445566;
        Assert.Equal(0x112233u, right[0, 0]);
        Assert.Equal(0x445566u, left[319, 199]);
        Assert.Equal([0x33, 0x22, 0x11, 0x00], display.Pixels.Contents[..4].ToArray());
    }

    [Fact]
    public void A_forked_process_draws_into_the_same_pixels()
    {
        using Kernel kernel = Boot(out _);
        UserProcess parent = kernel.CreateProcess("parent");
        var canvas = new Canvas(parent);
        UserProcess child = parent.Fork();
        child.Store(canvas.Pixels, 0xABCDEFu);
        Assert.Equal(0xABCDEFu, parent.Load<uint>(canvas.Pixels));
        parent.Exit();
        child.Store(canvas.Pixels + 4, 1u);
    }

    [Fact]
    public void Both_painters_together_make_one_picture()
    {
        using Kernel kernel = Boot(out Display display);
        Canvas sky = new(kernel.CreateProcess("sky")), land = new(kernel.CreateProcess("land"));
        SkyPainter.Paint(sky);
        byte[] skyOnly = display.Pixels.Contents.ToArray();
        LandPainter.Paint(land);
        Assert.False(display.Pixels.Contents.SequenceEqual(skyOnly));
        for (int i = 0; i < sky.Width * sky.Height; i++)
            Assert.Equal(BitConverter.ToUInt32(display.Pixels.Contents[(i * 4)..]), sky[i % sky.Width, i / sky.Width]);
    }

    [Fact]
    public void Registers_are_read_through_the_mapping_and_written_by_the_driver_alone()
    {
        using Kernel kernel = Boot(out _);
        UserProcess process = kernel.CreateProcess("test");
        var canvas = new Canvas(process);
        Assert.Equal(new(320, 200, 1280, (uint)(PixelPages * PageSize)), canvas.Geometry);
        canvas.Present();
        canvas.Present();
        Assert.Equal(2u, canvas.Frame);
        Assert.Equal(Display.Magic, process.Load<uint>(canvas.Registers));
        Assert.Equal(byte.MaxValue, process.Load<byte>(canvas.Registers)); // not a 32-bit access
        Assert.Equal(SignalCode.ACCERR, Assert.Throws<SignalException>(() => process.Store(canvas.Registers, 1u)).Code);
        var refused = Assert.Throws<SyscallException>(() => process.Mprotect(canvas.Registers, PageSize, Protection.Read | Protection.Write));
        Assert.Equal(Errno.EACCES, refused.Errno);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, PixelPages)]
    [InlineData(1, PixelPages - 1)]
    [InlineData(PixelPages - 1, 1)]
    public void Maps_what_lies_within_the_pixels(ulong first, ulong pages)
    {
        using Kernel kernel = Boot(out _);
        UserProcess process = kernel.CreateProcess("test");
        Assert.Equal(Errno.None, MmapError(process, pages * PageSize, Protection.Read | Protection.Write, MapFlags.Shared, first * PageSize));
    }

    [Theory]
    [InlineData(0, PixelPages + 1)]
    [InlineData(1, PixelPages)]
    [InlineData(PixelPages - 1, 2)]
    [InlineData(PixelPages, 2)]
    [InlineData(PixelPages + 1, 1)]
    [InlineData(0x100000 - 1, 1)] // the last page below 4 GiB: a byte offset would wrap with the length
    [InlineData(0x100000, 1)] // 4 GiB: a 32-bit byte offset is 0 again
    [InlineData(0x100000 + PixelPages - 1, 2)]
    [InlineData(0xFFFFFFFE, 1)]
    [InlineData(0xFFFFFFFE, 2)]
    public void Refuses_what_does_not(ulong first, ulong pages)
    {
        using Kernel kernel = Boot(out _);
        Errno error = MmapError(kernel.CreateProcess("test"), pages * PageSize, Protection.Read, MapFlags.Shared, first * PageSize);
        Assert.True(error == Errno.EINVAL || error == Errno.EOVERFLOW, error.ToString());
    }

    [Fact]
    public void Survives_nonsense_offsets_and_lengths()
    {
        using Kernel kernel = Boot(out _, new() { MemorySize = 64.MiB(), Architecture = Architecture.X8664 });
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            UserProcess process = kernel.CreateProcess("test");
            ulong offset = ((ulong)random.NextInt64() << random.Next(2) >> random.Next(64)) & PageMask;
            ulong length = (ulong)random.NextInt64() >> random.Next(64);
            if (MmapError(process, length, Protection.Read, MapFlags.Shared, offset) == Errno.None)
                Assert.True(offset + PageAlign(length) <= (PixelPages + 1) * PageSize);
            process.Exit();
        }

        Assert.False(kernel.IsTainted);
    }

    [Fact]
    public void Refuses_private_maps_and_writable_registers()
    {
        using Kernel kernel = Boot(out _);
        UserProcess process = kernel.CreateProcess("test");
        Assert.Equal(Errno.EINVAL, MmapError(process, PageSize, Protection.Read | Protection.Write, MapFlags.Private, 0));
        Assert.Equal(Errno.EPERM, MmapError(process, PageSize, Protection.Read | Protection.Write, MapFlags.Shared, PixelPages * PageSize));
    }

    [Fact]
    public void Pixels_are_write_combined_registers_uncached_and_nothing_is_counted_or_expanded()
    {
        using Kernel kernel = Boot(out _);
        UserProcess process = kernel.CreateProcess("test");
        var canvas = new Canvas(process);
        Assert.Contains(" PWT ", kernel.WalkPageTables(process, canvas.Pixels));
        Assert.DoesNotContain(" PCD ", kernel.WalkPageTables(process, canvas.Pixels));
        Assert.Contains(" PCD ", kernel.WalkPageTables(process, canvas.Registers));
        Assert.Equal(0ul, process.Mm.FileRss);
        const VmFlags Expected = VmFlags.Io | VmFlags.DontExpand | VmFlags.Reserved | VmFlags.PfnMap;
        Assert.Equal(Expected, process.Mm.FindVma(canvas.Pixels)!.VmFlags & Expected);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x4602u)]
    public void Unknown_commands_are_ENOTTY(uint command)
    {
        using Kernel kernel = Boot(out _);
        UserProcess process = kernel.CreateProcess("test");
        int fd = process.Open("/dev/fb0");
        Assert.Equal(Errno.ENOTTY, Assert.Throws<SyscallException>(() => process.Ioctl(fd, command)).Errno);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(0xC0000000ul)]
    [InlineData(0xFFFFFFFFul)]
    [InlineData(ulong.MaxValue)]
    public void Bad_pointers_are_EFAULT(ulong pointer)
    {
        using Kernel kernel = Boot(out _);
        UserProcess process = kernel.CreateProcess("test");
        int fd = process.Open("/dev/fb0");
        Assert.Equal(Errno.EFAULT, Assert.Throws<SyscallException>(() => process.Ioctl(fd, FrameBufferIoctl.GetGeometry, pointer)).Errno);
    }

    [Fact]
    public void Rmmod_gives_everything_back_and_insmod_works_again()
    {
        using Kernel kernel = Kernel.Boot(new() { MemorySize = 64.MiB() });
        new Display().PlugInto(kernel);
        for (int i = 0; i < 3; i++)
        {
            var module = new FrameBufferModule();
            kernel.InsertModule(module);
            kernel.RemoveModule(module);
        }

        Assert.DoesNotContain("framebuffer", kernel.ReadFile("/proc/iomem"));
    }

    [Fact]
    public void Insmod_fails_cleanly_without_the_card_or_with_its_memory_taken()
    {
        using Kernel other = Kernel.Boot(new() { MemorySize = 64.MiB() });
        other.AddDevice(new MmioMemory("Another card", new(Display.RegistersStart), PageSize));
        Assert.Equal(Errno.ENODEV, Assert.Throws<SyscallException>(() => other.InsertModule(new FrameBufferModule())).Errno);
        Assert.DoesNotContain("framebuffer", other.ReadFile("/proc/iomem"));

        using Kernel taken = Kernel.Boot(new() { MemorySize = 64.MiB() });
        new Display().PlugInto(taken);
        taken.RunKernelThread(() => Assert.NotNull(RequestMemRegion(new(Display.PixelsStart), PageSize, "someone")));
        Assert.Equal(Errno.EBUSY, Assert.Throws<SyscallException>(() => taken.InsertModule(new FrameBufferModule())).Errno);
        Assert.DoesNotContain("framebuffer", taken.ReadFile("/proc/iomem"));
    }
}
