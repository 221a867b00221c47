using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>Sequence files, through a driver's file in /proc.</summary>
public sealed class SeqFileTests : KernelTest
{
    private const string Path = "/proc/seq";

    private readonly List<string> _calls = [];

    [Fact]
    public void Every_cut_of_the_text_gives_the_same_text()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Lines(30)));
        string expected = string.Concat(Enumerable.Range(0, 30).Select(i => $"line {i}\n"));
        Assert.Equal(expected, kernel.ReadFile(Path));
        UserProcess process = kernel.CreateProcess("p");
        foreach (int size in new[] { 1, 2, 7, 8, 9, 100, 5000 })
            Assert.Equal(expected, ReadAll(process, process.Open(Path), size));
    }

    [Fact]
    public void A_walk_stops_when_enough_is_there_and_starts_again_behind_the_last_record()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Lines(3)));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Assert.Empty(_calls);
        Assert.Equal("line 0\nli", Read(process, fd, 9));
        Assert.Equal(["start 0", "show 0", "next 0", "show 1", "stop 1"], Calls());
        Assert.Equal("ne", Read(process, fd, 2));
        Assert.Empty(Calls());
        Assert.Equal(" 1\nline 2\n", Read(process, fd, 100));
        Assert.Equal(["start 2", "show 2", "next 2", "stop end"], Calls());
        Assert.Equal("", Read(process, fd, 100));
        Assert.Equal(["start 3", "stop end"], Calls());
        process.Lseek(fd, 0);
        Assert.Equal("line 0\n", Read(process, fd, 7));
        Assert.Equal(["start 0", "show 0", "stop 0"], Calls());
    }

    [Fact]
    public void A_record_that_does_not_fit_a_page_is_shown_again_with_more_room_up_to_128_KiB()
    {
        Kernel kernel = Boot();
        int length = 10_000;
        kernel.InsertModule(ProcModule.Sequence("seq", Records(2, (m, i) => SeqPuts(m, new string((char)('a' + i), length)))));
        Assert.Equal(new string('a', length) + new string('b', length), kernel.ReadFile(Path));
        Assert.Equal(["start 0", "show 0", "stop 0", "start 0", "show 0", "stop 0", "start 0", "show 0"], Calls().Take(8));
        length = 131_071;
        Assert.Equal(2 * length, kernel.ReadFile(Path).Length);
        length = 131_072;
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Expect.Errno(ENOMEM, () => process.Read(fd, new byte[10]));
        length = 3;
        Assert.Equal("aaabbb", Read(process, fd, 10));
    }

    [Fact]
    public void A_record_that_fills_the_buffer_to_the_last_byte_counts_as_cut_off()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Records(1, (m, _) =>
        {
            for (int i = 0; i < 4096; i++)
                Assert.Equal(0, SeqPutc(m, 'x'));
        })));
        Assert.Equal(4096, kernel.ReadFile(Path).Length);
        Assert.Equal(2, Calls().Count(call => call == "show 0"));
    }

    [Fact]
    public void Printing_says_when_it_does_not_fit_and_prints_nothing_then()
    {
        Kernel kernel = Boot();
        List<int> results = [];
        kernel.InsertModule(ProcModule.Sequence("seq", Records(1, (m, _) =>
        {
            results.Add(SeqPuts(m, new string('a', 4090)));
            results.Add(SeqPrintf(m, $"{1234567}"));
            results.Add(SeqPutc(m, '!'));
        })));
        Assert.Equal(new string('a', 4090) + "1234567!", kernel.ReadFile(Path));
        Assert.Equal([0, -1, -1, 0, 0, 0], results.Take(6));
    }

    [Fact]
    public void Lseek_walks_to_a_byte_and_knows_no_end()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Lines(5)));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Assert.Equal(10, process.Lseek(fd, 10));
        Assert.Equal(["start 0", "show 0", "next 0", "show 1", "stop 1"], Calls());
        Assert.Equal("e 1\n", Read(process, fd, 4));
        Assert.Equal(14, process.Lseek(fd, 0, SeekWhence.Current));
        Assert.Equal(7, process.Lseek(fd, -7, SeekWhence.Current));
        Assert.Equal("line 1\nline 2\n", Read(process, fd, 14));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 0, SeekWhence.End));
        Expect.Errno(EINVAL, () => process.Lseek(fd, -100, SeekWhence.Current));
        Expect.Errno(EINVAL, () => process.Lseek(fd, -1));
        Assert.Equal("line 3\n", Read(process, fd, 7));
        Assert.Equal(1000, process.Lseek(fd, 1000));
        Assert.Equal("", Read(process, fd, 7));
        Assert.Equal(long.MaxValue, process.Lseek(fd, long.MaxValue));
        Expect.Errno(ESPIPE, () => process.Pread(fd, default, 0, 0));
    }

    [Fact]
    public void Lseek_into_a_long_record_makes_room_for_it()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Records(2, (m, i) => SeqPuts(m, new string((char)('a' + i), 6000)))));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Assert.Equal(5999, process.Lseek(fd, 5999));
        Assert.Equal("abb", Read(process, fd, 3));
        Assert.Equal(12_000, process.Lseek(fd, 12_000));
        Assert.Equal("", Read(process, fd, 3));
    }

    [Fact]
    public void Show_can_leave_records_out_and_print_nothing()
    {
        Kernel kernel = Boot();
        SeqOperations lines = Lines(10);
        kernel.InsertModule(ProcModule.Sequence("seq", new SeqOperations
        {
            Start = lines.Start,
            Next = lines.Next,
            Stop = lines.Stop,
            Show = (m, v) =>
            {
                int i = (int)v;
                if (i % 2 == 1)
                    SeqPuts(m, "odd ");
                if (i % 4 != 0)
                    SeqPuts(m, $"{i}\n");
                return i % 2 == 1 ? SeqSkip : 0;
            },
        }));
        Assert.Equal("2\n6\n", kernel.ReadFile(Path));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Assert.Equal("2\n6\n", ReadAll(process, fd, 1));
        Assert.Equal(3, process.Lseek(fd, 3));
        Assert.Equal("\n", Read(process, fd, 10));
    }

    [Fact]
    public void What_start_next_and_show_fail_with_comes_out_after_what_has_been_read()
    {
        Kernel kernel = Boot();
        string failing = "";
        SeqOperations lines = Lines(3);
        kernel.InsertModule(ProcModule.Sequence("seq", new SeqOperations
        {
            Start = (SeqFile m, ref long position) => failing == "start" ? -EACCES : lines.Start(m, ref position),
            Next = (SeqFile m, object v, ref long position) => failing == "next" ? -EPROTO : lines.Next(m, v, ref position),
            Stop = lines.Stop,
            Show = (m, v) => failing == $"show {v}" ? -EXDEV : lines.Show(m, v),
        }));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        foreach ((string where, Errno errno) in new[] { ("start", EACCES), ("show 0", EXDEV) })
        {
            failing = where;
            Expect.Errno(errno, () => Read(process, fd, 100));
            Assert.StartsWith("stop", Calls()[^1]);
        }

        failing = "next";
        Assert.Equal("line 0\n", Read(process, fd, 100));
        failing = "show 2";
        Assert.Equal("line 1\n", Read(process, fd, 100));
        Expect.Errno(EXDEV, () => Read(process, fd, 100));
        Expect.Errno(EXDEV, () => process.Lseek(fd, 18));
        failing = "";
        Assert.Equal("line 0\n", Read(process, fd, 7));
    }

    [Fact]
    public void A_bad_buffer_is_EFAULT()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Lines(3)));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        var nowhere = new UserVirtualAddress(0x3000_0000);
        Expect.Errno(EFAULT, () => process.Read(fd, nowhere, 10));
        Assert.Equal(0, process.Read(fd, nowhere, 0));
        Assert.Equal(10, Read(process, fd, 10).Length);
        Expect.Errno(EFAULT, () => process.Read(fd, nowhere, 10));
        Expect.Errno(EINVAL, () => process.Write(process.Open(Path, OpenFlags.WriteOnly), "x"u8));
    }

    [Fact]
    public void A_heading_comes_from_the_start_token()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", new SeqOperations
        {
            Start = (SeqFile _, ref long position) => position == 0 ? SeqStartToken : position == 1 ? "body" : null,
            Next = (SeqFile _, object v, ref long position) => ++position == 1 ? "body" : null,
            Stop = (_, _) => { },
            Show = (m, v) => SeqPuts(m, v == SeqStartToken ? "heading\n" : $"{v}\n"),
        }));
        Assert.Equal("heading\nbody\n", kernel.ReadFile(Path));
    }

    [Fact]
    public void A_single_file_needs_show_only_and_gets_the_data_of_the_entry()
    {
        Kernel kernel = Boot();
        KernelResult Show(SeqFile m, object v)
        {
            Assert.Equal(0, SeqEscape(m, (string)m.Private!, " \t\\"));
            return 0;
        }

        void Init()
        {
            ProcDirEntry entry = CreateProcEntry("seq", 0, null)!;
            entry.Data = "a b\tc\\d";
            entry.ProcFops = new FileOperations { Open = (inode, filp) => SingleOpen(filp, Show, Pde(inode)!.Data), Read = SeqRead, Llseek = SeqLseek, Release = SingleRelease };
        }

        kernel.InsertModule(new ProcModule(Init, () => RemoveProcEntry("seq", null)));
        Assert.Equal("a\\040b\\011c\\134d", kernel.ReadFile(Path));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Assert.Equal("a\\040b", ReadAll(process, fd, 3)[..6]);
        Assert.Equal(2, process.Lseek(fd, 2));
        Assert.Equal("040b", Read(process, fd, 4));
    }

    [Fact]
    public void A_walk_that_never_ends_and_prints_nothing_is_a_lockup_not_a_hang()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", Records(int.MaxValue, (_, _) => { })));
        Keeps(kernel, null, "the buffer of a sequence file whose process died in read()");
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open(Path);
        Expect.Oops("soft lockup", () => Read(process, fd, 1));
    }

    [Fact]
    public void Calls_on_a_file_without_a_sequence_are_bugs()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new ProcModule(
            () =>
            {
                CreateProcEntry("bare", 0, null)!.ProcFops = new FileOperations { Read = SeqRead, Llseek = SeqLseek };
                CreateProcEntry("taken", 0, null)!.ProcFops = new FileOperations
                {
                    Open = (_, filp) =>
                    {
                        filp.PrivateData = "mine";
                        return SeqOpen(filp, Lines(1));
                    },
                };
            },
            () =>
            {
                RemoveProcEntry("bare", null);
                RemoveProcEntry("taken", null);
            }));
        UserProcess reader = kernel.CreateProcess("reader"), seeker = kernel.CreateProcess("seeker"), opener = kernel.CreateProcess("opener");
        Expect.Oops("seq_read of a file that seq_open() has not made", () => reader.Read(reader.Open("/proc/bare"), new byte[1]));
        Expect.Oops("seq_lseek of a file", () => seeker.Lseek(seeker.Open("/proc/bare"), 1));
        Expect.Oops("private_data of the file is in use", () => opener.Open("/proc/taken"));
        Expect.OopsIn(kernel, "NULL pointer", () => SeqPuts(null!, ""));
        Assert.Throws<InvalidOperationException>(() => SeqPuts(null!, ""));
    }

    [Fact]
    public void A_release_that_is_forgotten_loses_the_buffer()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new ProcModule(
            () => CreateProcEntry("lost", 0, null)!.ProcFops = new FileOperations { Open = (_, filp) => SeqOpen(filp, Lines(1)), Read = SeqRead },
            () => RemoveProcEntry("lost", null)));
        Keeps(kernel, null, "the buffer that nobody releases");
        long before = kernel.Slab.Caches.Single(cache => cache.Name == "size-4096").ActiveObjects;
        Assert.Equal("line 0\n", kernel.ReadFile("/proc/lost"));
        Assert.Equal(before + 1, kernel.Slab.Caches.Single(cache => cache.Name == "size-4096").ActiveObjects);
    }

    /// <summary>The driver of "Linux Device Drivers", <c>/proc/sequence</c>: its iterator is memory of its own, and the numbers never end.</summary>
    [Fact]
    public void An_iterator_may_be_kernel_memory()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("sequence", new SeqOperations
        {
            Start = (SeqFile _, ref long position) =>
            {
                KernelLogicalAddress off = Kmalloc(8, GfpFlags.Kernel);
                if (off.IsNull)
                    return null;
                Store(off, position);
                return off;
            },
            Next = (SeqFile _, object v, ref long position) =>
            {
                var spos = (KernelLogicalAddress)v;
                position = Load<long>(spos) + 1;
                Store(spos, position);
                return spos;
            },
            Stop = (_, v) => Kfree(v is KernelLogicalAddress spos ? spos : default),
            Show = (m, v) =>
            {
                SeqPrintf(m, $"{Load<long>((KernelLogicalAddress)v)}\n");
                return 0;
            },
        }));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/sequence");
        Assert.StartsWith("0\n1\n2\n", Read(process, fd, 3000));
        string next = Read(process, fd, 3000);
        int[] numbers = [.. next.Split('\n')[1..^1].Select(int.Parse)];
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Length), numbers);
        Assert.Equal(4, process.Lseek(fd, 4));
        Assert.Equal("2\n3\n", Read(process, fd, 4));
    }

    [Fact]
    public void An_address_0_from_start_is_the_end()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(ProcModule.Sequence("seq", new SeqOperations
        {
            Start = (SeqFile _, ref long _) => default(KernelLogicalAddress),
            Next = (SeqFile _, object _, ref long _) => throw new InvalidOperationException(),
            Stop = (_, v) => _calls.Add($"stop {v}"),
            Show = (_, _) => throw new InvalidOperationException(),
        }));
        Assert.Equal("", kernel.ReadFile(Path));
        Assert.Equal(["stop 0x00000000"], _calls);
    }

    private SeqOperations Lines(int count) => Records(count, (m, i) => SeqPrintf(m, $"line {i}\n"));

    private SeqOperations Records(int count, Action<SeqFile, int> print) => new()
    {
        Start = (SeqFile _, ref long position) =>
        {
            Note($"start {position}");
            return position < count ? (object)(int)position : null;
        },
        Next = (SeqFile _, object v, ref long position) =>
        {
            Note($"next {v}");
            return ++position < count ? (object)(int)position : null;
        },
        Stop = (_, v) => Note($"stop {v ?? "end"}"),
        Show = (m, v) =>
        {
            Note($"show {v}");
            print(m, (int)v);
            return 0;
        },
    };

    private void Note(string call)
    {
        if (_calls.Count < 1000)
            _calls.Add(call);
    }

    private string[] Calls()
    {
        string[] calls = [.. _calls];
        _calls.Clear();
        return calls;
    }

    private static string Read(UserProcess process, int fd, int size)
    {
        byte[] buffer = new byte[size];
        return Encoding.UTF8.GetString(buffer, 0, process.Read(fd, buffer));
    }

    private static string ReadAll(UserProcess process, int fd, int size)
    {
        var text = new StringBuilder();
        while (Read(process, fd, size) is { Length: > 0 } piece)
            text.Append(piece);
        return text.ToString();
    }
}
