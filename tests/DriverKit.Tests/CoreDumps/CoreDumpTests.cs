using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.CoreDumps;

/// <summary>Kernel.DumpCore: the file it writes, read again by a second reader, and what it must not disturb.</summary>
public sealed class CoreDumpTests : KernelTest
{
    private const uint Execute = 1, Write = 2, Read = 4;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Headers_are_those_of_a_core_file_of_the_machine(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        ElfFile core = Dump(kernel, kernel.CreateProcess("user"));
        bool is64Bit = architecture == Architecture.X8664;
        Assert.Equal((is64Bit, 4, is64Bit ? 62 : 3, 0ul), (core.Is64Bit, core.Type, core.Machine, core.Entry));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Every_area_has_a_segment_with_its_range_and_protection(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = Busy(kernel);
        ElfFile core = Dump(kernel, process);
        Assert.Equal(
            process.Mm.Mmap.Select(vma => (vma.VmStart.Value, vma.Length, Flags(vma.VmFlags))),
            core.Loads.Select(segment => (segment.Address, segment.MemorySize, segment.Flags)));
        ulong end = 0;
        foreach (ElfFile.Segment segment in core.Loads)
        {
            Assert.Equal((0ul, 4096ul), (segment.Offset % PageSize, segment.Alignment));
            Assert.True(segment.Offset >= end && (segment.FileSize == 0 || segment.FileSize == segment.MemorySize));
            end = segment.Offset + segment.FileSize;
        }

        static uint Flags(VmFlags flags) =>
            ((flags & VmFlags.Read) != 0 ? Read : 0) | ((flags & VmFlags.Write) != 0 ? Write : 0) | ((flags & VmFlags.Exec) != 0 ? Execute : 0);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Contents_are_what_the_process_would_load(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = Busy(kernel);
        ElfFile core = Dump(kernel, process);
        int compared = 0;
        foreach (ElfFile.Segment segment in core.Loads.Where(s => s.FileSize > 0 && (s.Flags & Read) != 0))
        {
            byte[] loaded = new byte[segment.FileSize];
            process.LoadBytes(new(segment.Address), loaded);
            Assert.Equal(loaded, core.Contents(segment));
            compared++;
        }

        Assert.InRange(compared, 4, 100);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void What_the_process_cannot_read_is_in_the_file_as_well(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("user");
        UserVirtualAddress area = Anonymous(process, 2 * PageSize);
        process.Store(area + 8L, 0x5eC4e7);
        process.Mprotect(area, 2 * PageSize, Protection.None);
        ElfFile core = Dump(kernel, process);
        Assert.Equal(BitConverter.GetBytes(0x5eC4e7), core.At(area.Value + 8, 4));
        Assert.Equal(0u, core.Loads.Single(segment => segment.Address == area.Value).Flags);
    }

    [Fact]
    public void An_area_nobody_has_stored_to_is_left_out()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("user");
        UserVirtualAddress untouched = Anonymous(process, PageSize), read = Anonymous(process, PageSize), stored = Anonymous(process, PageSize);
        process.Mprotect(read, PageSize, Protection.Read);
        process.Load<int>(read);
        process.Store(stored, 1);
        ElfFile core = Dump(kernel, process);
        Assert.Equal((0ul, 0ul, 4096ul), (Size(core, untouched), Size(core, read), Size(core, stored)));
    }

    [Fact]
    public void Shared_memory_without_a_file_is_written_and_a_drivers_is_not()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("user");
        UserVirtualAddress shared = process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Shared | MapFlags.Anonymous);
        UserVirtualAddress device = Map(process, "/dev/nopage", MapFlags.Shared);
        process.Store(shared, 0x1234);
        process.Store(device, 0x5678);
        ElfFile core = Dump(kernel, process);
        Assert.Equal(BitConverter.GetBytes(0x1234), core.At(shared.Value, 4));
        Assert.Equal(0ul, Size(core, device));
    }

    [Theory]
    [InlineData(MapFlags.Shared)]
    [InlineData(MapFlags.Private)]
    public void A_VM_IO_area_is_left_out_even_when_it_has_been_stored_to(MapFlags flags)
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("user");
        int fd = process.Open("/dev/remap", OpenFlags.ReadWrite);
        UserVirtualAddress area = process.Mmap(default, 4 * PageSize, Protection.Read | Protection.Write, flags, fd);
        process.Store(area, 0x5eC4e7);
        Assert.True((process.Mm.FindVma(area)!.VmFlags & VmFlags.Io) != 0);
        ElfFile core = Dump(kernel, process);
        ElfFile.Segment segment = core.Loads.Single(s => s.Address == area.Value);
        Assert.Equal((0ul, 4ul * PageSize), (segment.FileSize, segment.MemorySize));
    }

    [Theory]
    [InlineData(VmFlags.Io)]
    [InlineData(VmFlags.Reserved)]
    public void One_flag_set_by_the_driver_is_enough(VmFlags flag)
    {
        Kernel kernel = Boot();
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                vma.VmFlags |= flag;
                return 0;
            },
        });
        UserVirtualAddress area = process.Mmap(default, PageSize, Protection.Read | Protection.Write, MapFlags.Private, fd);
        process.Store(area, 0x5eC4e7);
        Assert.Equal(0ul, Size(Dump(kernel, process), area));
    }

    [Fact]
    public void Frames_without_a_page_are_zeros_beside_private_pages()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 1, "the page it allocates");
        Page[] pages = [];
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Mmap = (_, vma) =>
            {
                pages = [AllocPage(GfpFlags.Kernel | GfpFlags.Zero)!];
                Memset(PageAddress(pages[0]), 0xAA, PageSize);
                if (RemapPfnRange(vma, vma.VmStart, pages[0].Pfn, PageSize, vma.VmPageProt).IsError)
                    return -EAGAIN;
                vma.VmFlags &= ~(VmFlags.Io | VmFlags.Reserved | VmFlags.PfnMap);
                return 0;
            },
        });
        UserVirtualAddress area = process.Mmap(default, 2 * PageSize, Protection.Read | Protection.Write, MapFlags.Shared, fd);
        VmAreaStruct vma = process.Mm.FindVma(area)!;
        vma.VmFlags &= ~VmFlags.Shared;
        process.Store(area + (long)PageSize, 0x1234);
        Assert.Equal(0xAAAA, process.Load<ushort>(area));
        ElfFile core = Dump(kernel, process);
        Assert.Equal(new byte[4096], core.At(area.Value, 4096));
        Assert.Equal(BitConverter.GetBytes(0x1234), core.At(area.Value + PageSize, 4));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void The_notes_name_the_process_and_its_stack_pointer(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("a program with a rather long name");
        List<ElfFile.Note> notes = Dump(kernel, process).Notes();
        Assert.All(notes, note => Assert.Equal("CORE", note.Name));
        Assert.Equal([1u, 3u, 6u], notes.Select(note => note.Type));
        bool is64Bit = architecture == Architecture.X8664;
        (byte[] status, byte[] info) = (notes[0].Contents, notes[1].Contents);
        Assert.Equal(is64Bit ? (336, 136) : (144, 124), (status.Length, info.Length));
        Assert.Equal(process.Pid, BitConverter.ToInt32(status, is64Bit ? 32 : 24));
        Assert.Equal(process.Mm.StartStack.Value, is64Bit ? BitConverter.ToUInt64(status, 112 + 19 * 8) : BitConverter.ToUInt32(status, 72 + 15 * 4));
        Assert.Equal(process.Pid, BitConverter.ToInt32(info, is64Bit ? 24 : 12));
        Assert.Equal("a program with ", Text(info, is64Bit ? 40 : 28, 16));
        Assert.Equal("a program with a rather long name", Text(info, is64Bit ? 56 : 44, 80));
        ulong[] auxv = Longs(notes[2].Contents, is64Bit);
        Assert.Equal(4096ul, auxv[Array.IndexOf(auxv, 6ul) + 1]);
        Assert.Equal([0, 0], auxv[^2..]);

        static string Text(byte[] bytes, int at, int size) => Encoding.UTF8.GetString(bytes, at, size).Split('\0')[0];
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Mapped_files_are_listed_with_range_offset_and_path(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("user");
        int fd = process.Open("/dev/nopage", OpenFlags.ReadWrite);
        UserVirtualAddress device = process.Mmap(default, 2 * PageSize, Protection.Read, MapFlags.Shared, fd, 3 * PageSize);
        UserVirtualAddress shared = process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared | MapFlags.Anonymous);
        byte[] contents = Dump(kernel, process).Notes().Single(note => note.Type == 0x46494c45).Contents;
        bool is64Bit = architecture == Architecture.X8664;
        int size = is64Bit ? 8 : 4;
        ulong[] longs = Longs(contents[..(8 * size)], is64Bit);
        Assert.Equal(
            [2, 4096, shared.Value, shared.Value + PageSize, 0, device.Value, device.Value + 2 * PageSize, 3],
            longs);
        Assert.Equal("/dev/zero (deleted)\0/dev/nopage\0", Encoding.UTF8.GetString(contents, 8 * size, contents.Length - 8 * size));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_dump_changes_nothing_in_the_machine(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = Busy(kernel);
        UserProcess child = process.Fork();
        object before = State(kernel, process, child);
        Dump(kernel, process);
        Dump(kernel, child);
        Assert.Equal(before, State(kernel, process, child));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void The_same_process_gives_the_same_bytes_in_a_stream_that_can_seek_and_in_one_that_cannot()
    {
        Kernel kernel = Boot();
        UserProcess process = Busy(kernel);
        var seekable = new MemoryStream();
        kernel.DumpCore(process, seekable);
        var plain = new MemoryStream();
        kernel.DumpCore(process, new OneWayStream(plain));
        Assert.Equal(seekable.ToArray(), plain.ToArray());

        byte[] used = new byte[seekable.Length];
        Array.Fill(used, (byte)0xEE);
        kernel.DumpCore(process, new MemoryStream(used));
        Assert.Equal(seekable.ToArray(), used);
    }

    [Fact]
    public void A_file_that_ends_in_pages_that_are_not_there_has_its_full_length()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("user");
        process.Store(process.Mm.StartStack - (ulong)PageSize, 1);
        ElfFile core = Dump(kernel, process);
        Assert.Equal(new byte[4096], core.At(process.Mm.StartStack.PageAlignDown.Value, 4096));
    }

    [Fact]
    public void A_dump_may_follow_something_else_in_the_stream()
    {
        Kernel kernel = Boot();
        UserProcess process = Busy(kernel);
        var stream = new MemoryStream();
        stream.Write("header"u8);
        kernel.DumpCore(process, stream);
        Assert.Equal("header"u8.ToArray(), stream.ToArray()[..6]);
        var core = new ElfFile(stream.ToArray()[6..]);
        Assert.NotEmpty(core.Loads);
    }

    [Fact]
    public void More_segments_than_the_header_can_count_are_counted_in_a_section_header()
    {
        const int Areas = 65_535;
        Kernel kernel = Boot(Architecture.X8664);
        UserProcess process = kernel.CreateProcess("user");
        foreach (int i in Enumerable.Range(0, Areas - process.Mm.MapCount))
            process.Mm.Link(new VmAreaStruct(process.Mm, new(0x1000_0000 + 2ul * PageSize * (ulong)i), new(0x1000_1000 + 2ul * PageSize * (ulong)i)));
        ElfFile core = Dump(kernel, process);
        Assert.Equal(Areas, process.Mm.MapCount);
        Assert.Equal(Areas + 1, core.Segments.Length);
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Kernel kernel = Boot(), other = Boot();
        UserProcess process = kernel.CreateProcess("user"), foreign = other.CreateProcess("foreign");
        Expect.Errno(Errno.ESRCH, () => kernel.DumpCore(foreign, new MemoryStream()));
        Assert.Throws<ArgumentNullException>(() => kernel.DumpCore(null!, new MemoryStream()));
        Assert.Throws<ArgumentNullException>(() => kernel.DumpCore(process, null!));
        Assert.Throws<ArgumentException>(() => kernel.DumpCore(process, new MemoryStream([], writable: false)));
        process.Exit();
        Expect.Errno(Errno.ESRCH, () => kernel.DumpCore(process, new MemoryStream()));
        kernel.Dispose();
        Assert.Throws<ObjectDisposedException>(() => kernel.DumpCore(process, new MemoryStream()));
    }

    /// <summary>A process with a heap, a stack, private, shared, sparse and device memory, most of it stored to.</summary>
    internal static UserProcess Busy(Kernel kernel)
    {
        kernel.InsertModule(new PagesDriver());
        UserProcess process = kernel.CreateProcess("busy");
        process.Brk(process.Mm.StartBrk + 3 * PageSize);
        process.Store(process.Mm.StartBrk + 5L, 0x11223344);
        process.Store(process.Mm.StartStack, 0x55667788);
        UserVirtualAddress sparse = Anonymous(process, 16 * PageSize);
        process.StoreBytes(sparse + 3 * PageSize - 2L, "across two pages"u8);
        process.Load<byte>(sparse + 10 * PageSize);
        UserVirtualAddress shared = process.Mmap(default, 2 * PageSize, Protection.Read | Protection.Write, MapFlags.Shared | MapFlags.Anonymous);
        process.StoreBytes(shared, "shared"u8);
        foreach (string device in new[] { "/dev/nopage", "/dev/remap", "/dev/insert" })
        {
            process.StoreBytes(Map(process, device, MapFlags.Shared), "device"u8);
            process.StoreBytes(Map(process, device, MapFlags.Private), "copy"u8);
        }

        return process;
    }

    internal static ElfFile Dump(Kernel kernel, UserProcess process)
    {
        var stream = new MemoryStream();
        kernel.DumpCore(process, stream);
        return new ElfFile(stream.ToArray());
    }

    private static UserVirtualAddress Anonymous(UserProcess process, ulong size)
    {
        UserVirtualAddress area = process.Mmap(default, size + PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        process.Munmap(area, PageSize);
        return area + (ulong)PageSize;
    }

    private static UserVirtualAddress Map(UserProcess process, string device, MapFlags flags) =>
        process.Mmap(default, PageSize, Protection.Read | Protection.Write, flags, process.Open(device, OpenFlags.ReadWrite));

    private static ulong Size(ElfFile core, UserVirtualAddress area) => core.Loads.Single(segment => segment.Address == area.Value).FileSize;

    private static ulong[] Longs(byte[] bytes, bool is64Bit) => [.. Enumerable.Range(0, bytes.Length / (is64Bit ? 8 : 4))
        .Select(i => is64Bit ? BitConverter.ToUInt64(bytes, i * 8) : BitConverter.ToUInt32(bytes, i * 4))];

    /// <summary>All that a dump could disturb: counters, free memory, the log, and every entry with its accessed and dirty bits.</summary>
    private static string State(Kernel kernel, params UserProcess[] processes)
    {
        var text = new StringBuilder($"{kernel.FreePages()} {kernel.Log.Lines.Count}\n{kernel.Buddyinfo()}");
        foreach (MmStruct mm in processes.Select(process => process.Mm))
        {
            text.Append($"{mm.AnonRss} {mm.FileRss} {mm.NrPtes} {mm.MinorFaults} {mm.MajorFaults} {mm.MapCount}\n");
            foreach (VmAreaStruct vma in mm.Mmap)
            {
                ulong at = vma.VmStart.Value;
                for (; kernel.VirtualMemory.Tables.NextResident(mm, ref at, vma.VmEnd.Value, out PhysicalAddress where); at += PageSize)
                    text.Append($"{at:x} {kernel.VirtualMemory.Tables.Read(where).Bits:x}\n");
            }
        }

        return text.ToString();
    }

    /// <summary>A pipe: bytes go in, and that is all.</summary>
    private sealed class OneWayStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
