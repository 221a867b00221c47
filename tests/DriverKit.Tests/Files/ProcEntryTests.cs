using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>The files that drivers make in /proc, with read_proc and write_proc or operations of their own.</summary>
public sealed class ProcEntryTests : KernelTest
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private ProcDirEntry? _entry;

    [Fact]
    public void Read_proc_that_writes_the_whole_text_each_time_is_read_in_any_pieces()
    {
        Kernel kernel = Boot();
        List<string> calls = [];
        Install(kernel, (KernelLogicalAddress page, ref KernelLogicalAddress _, long offset, int count, ref bool eof, object? data) =>
        {
            calls.Add($"{offset} {count}");
            eof = true;
            int length = Sprintf(page, $"first {data}\n");
            return length + Sprintf(page + length, "second\n");
        });
        Assert.Equal("first data\nsecond\n", kernel.ReadFile("/proc/entry"));
        Assert.Equal(["0 3072", "18 3072"], calls);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/entry");
        Assert.Equal("first", Read(process, fd, 5));
        Assert.Equal(" data\nsec", Read(process, fd, 9));
        Assert.Equal("ond\n", Read(process, fd, 100));
        Assert.Equal("", Read(process, fd, 100));
    }

    [Fact]
    public void Read_proc_that_sets_start_into_the_page_gives_what_was_asked_for()
    {
        Kernel kernel = Boot();
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i} ")));
        Install(kernel, (KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? _) =>
        {
            int length = (int)Math.Min(count, text.Length - offset);
            if (length <= 0)
                return 0;
            start = page + 100;
            Memcpy(start, text.AsSpan((int)offset, length));
            eof = offset + length == text.Length;
            return length;
        });
        Assert.Equal(Encoding.ASCII.GetString(text), kernel.ReadFile("/proc/entry"));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/entry");
        Assert.Equal(10_000, process.Lseek(fd, 10_000));
        Assert.Equal(Encoding.ASCII.GetString(text, 10_000, 3500), Read(process, fd, 3500));
    }

    [Fact]
    public void Read_proc_that_sets_start_to_a_small_number_counts_the_position_its_own_way()
    {
        Kernel kernel = Boot();
        List<long> offsets = [];
        Install(kernel, (KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? _) =>
        {
            offsets.Add(offset);
            if (offset == 3)
                return 0;
            start = new(1);
            return Sprintf(page, $"record {offset}\n");
        });
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/entry");
        Assert.Equal("record 0\nrecord 1\nrecord 2\n", Read(process, fd, 100));
        Assert.Equal([0, 1, 2, 3], offsets);
        Assert.Equal(3, process.Lseek(fd, 0, SeekWhence.Current));
        process.Lseek(fd, 2);
        Assert.Equal("record 2\n", Read(process, fd, 9));
    }

    [Fact]
    public void What_does_not_fit_the_page_or_what_was_asked_for_is_logged()
    {
        Kernel kernel = Boot();
        int step = 0;
        Install(kernel, (KernelLogicalAddress page, ref KernelLogicalAddress start, long offset, int count, ref bool eof, object? _) =>
        {
            eof = true;
            start = step switch { 0 => default, 1 => page + 4000, _ => new(1) };
            return step == 2 ? 60 : 5000;
        });
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal(3072, Read(process, process.Open("/proc/entry"), 4096).Length);
        step = 1;
        Assert.Equal(96, Read(process, process.Open("/proc/entry"), 4096).Length);
        Assert.Equal(2, kernel.LogLines().Count(line => line == "proc_file_read: Apparent buffer overflow!"));
        step = 2;
        UserVirtualAddress buffer = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        Assert.Equal(60, process.Read(process.Open("/proc/entry"), buffer, 50));
        Assert.Contains("proc_file_read: Read count exceeded", kernel.LogLines());
    }

    [Fact]
    public void Read_proc_fails_with_what_it_returns_and_a_bad_buffer_is_EFAULT()
    {
        Kernel kernel = Boot();
        bool fails = true;
        Install(kernel, (KernelLogicalAddress page, ref KernelLogicalAddress _, long offset, int count, ref bool eof, object? _) => fails ? -EPROTO : Sprintf(page, "text"));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/entry");
        Expect.Errno(EPROTO, () => Read(process, fd, 4));
        fails = false;
        Expect.Errno(EFAULT, () => process.Read(fd, new UserVirtualAddress(0x3000_0000), 4));
        Assert.Equal(0, process.Read(fd, new UserVirtualAddress(0x3000_0000), 0));
        Assert.Equal("te", Read(process, fd, 2));
        Assert.Equal(int.MaxValue, process.Lseek(fd, int.MaxValue));
        Assert.Equal("", Read(process, fd, 4));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 1L << 31));
        Expect.Errno(EINVAL, () => process.Lseek(fd, -1));
        Expect.Errno(EINVAL, () => process.Lseek(fd, 0, SeekWhence.End));
    }

    [Fact]
    public void A_read_proc_that_throws_kills_the_reader_and_loses_no_page()
    {
        Kernel kernel = Boot();
        Install(kernel, (KernelLogicalAddress _, ref KernelLogicalAddress _, long _, int _, ref bool _, object? data) => ((string)null!).Length);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/entry");
        Expect.Oops("NULL pointer dereference", () => Read(process, fd, 4));
        Assert.False(process.IsAlive);
    }

    [Fact]
    public void Write_proc_takes_what_is_written_and_without_it_writing_is_EIO()
    {
        Kernel kernel = Boot();
        string written = "";
        Install(kernel, null, (OpenFile _, UserVirtualAddress buffer, ulong count, object? data) =>
        {
            byte[] bytes = new byte[count];
            if (CopyFromUser(bytes, buffer) != 0)
                return -EFAULT;
            written += $"{data}:{Encoding.UTF8.GetString(bytes)}";
            return count;
        });
        kernel.WriteFile("/proc/entry", "text");
        Assert.Equal("data:text", written);
        Assert.Equal("", kernel.ReadFile("/proc/entry"));
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/proc/entry", OpenFlags.ReadWrite);
        Assert.Equal(2, process.Write(fd, "ab"u8));
        Assert.Equal(0, process.Lseek(fd, 0, SeekWhence.Current));
        Expect.Errno(EFAULT, () => process.Write(fd, new UserVirtualAddress(0x3000_0000), 3));
        _entry!.WriteProc = null;
        Expect.Errno(EIO, () => process.Write(fd, "x"u8));
    }

    [Fact]
    public void Directories_hold_entries_and_names_may_lead_through_them()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            ProcDirEntry directory = ProcMkdir("scull", null)!, inner = ProcMkdirMode("inner", OwnerOnly, directory)!;
            Assert.Equal((OwnerOnly, "inner"), (inner.Mode, inner.Name));
            Assert.NotNull(CreateProcEntry("a", OwnerOnly, directory));
            Assert.NotNull(CreateProcEntry("scull/inner/b", 0, null));
            Assert.NotNull(CreateProcEntry("driver/mine", 0, null));
            foreach (string bad in new[] { "", ".", "..", "scull/", "/abs", "nowhere/x", "scull/a/x", "meminfo/x", "self/x", "scull", "meminfo", "sys" })
                Assert.Null(CreateProcEntry(bad, 0, null));
            foreach (string bad in new[] { "", "a", "x/y", "inner" })
                Assert.Null(CreateProcEntry(bad, 0, directory));
            Assert.Null(ProcMkdir("a", directory));
            Assert.Null(CreateProcEntry("x", 0, CreateProcEntry("file", 0, null)));
            Assert.Null(CreateProcReadEntry("scull", 0, null, null!, null));
        });
        Assert.Contains("proc_dir_entry 'proc/scull' already registered", kernel.LogLines());
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal((3u, 0x416Du), (process.Stat("/proc/scull").StNlink, process.Stat("/proc/scull").StMode));
        Assert.Equal(0x8000u | (uint)OwnerOnly, process.Stat("/proc/scull/a").StMode);
        Assert.Equal(0x8124u, process.Stat("/proc/scull/inner/b").StMode);
        Assert.Equal(["inner", "a"], process.Getdents(process.Open("/proc/scull")).Select(entry => entry.DName).Skip(2));
        Expect.Errno(EPERM, () => process.Unlink("/proc/scull/a"));
        Expect.Errno(EPERM, () => process.Rmdir("/proc/scull"));
        Expect.Errno(EACCES, () => process.Open("/proc/scull/new", OpenFlags.Create | OpenFlags.WriteOnly));
        kernel.RunKernelThread(() =>
        {
            RemoveProcEntry("scull/inner/b", null);
            RemoveProcEntry("scull/inner", null);
            RemoveProcEntry("scull/never", null);
            RemoveProcEntry("never/never", null);
            RemoveProcEntry("meminfo", null);
            RemoveProcEntry("scull", null);
            RemoveProcEntry("scull", null);
        });
        Expect.Errno(ENOENT, () => process.Stat("/proc/scull/a"));
        Assert.NotEmpty(kernel.ReadFile("/proc/meminfo"));
        Assert.Contains(kernel.LogLines(), line => line.Contains("scull is removed with 1 entries in it", StringComparison.Ordinal));
    }

    [Fact]
    public void An_entry_that_is_removed_while_it_is_open_reads_no_more_and_is_released_at_the_close()
    {
        Kernel kernel = Boot();
        int released = 0;
        ProcModule module = new(
            () => CreateProcEntry("open", 0, null)!.ProcFops = new FileOperations
            {
                Open = (_, filp) => SingleOpen(filp, (m, _) => SeqPuts(m, "text")),
                Read = SeqRead,
                Llseek = SeqLseek,
                Release = (inode, filp) =>
                {
                    released++;
                    return SingleRelease(inode, filp);
                },
            },
            () => RemoveProcEntry("open", null));
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("p");
        int closed = process.Open("/proc/open"), fd = process.Open("/proc/open");
        process.Close(closed);
        Assert.Equal("te", Read(process, fd, 2));
        kernel.RemoveModule(module);
        Expect.Errno(ENOENT, () => process.Open("/proc/open"));
        Expect.Errno(EINVAL, () => Read(process, fd, 2));
        Expect.Errno(ENOTTY, () => process.Ioctl(fd, 1));
        Assert.Equal(5, process.Lseek(fd, 5));
        Assert.Equal((0u, 1), (process.Fstat(fd).StNlink, released));
        process.Close(fd);
        Assert.Equal(2, released);
        Assert.Single(kernel.LogLines(), line => line.EndsWith("open busy, count=1", StringComparison.Ordinal));
    }

    [Fact]
    public void The_owner_of_an_entry_or_of_its_operations_stays_while_it_is_open()
    {
        Kernel kernel = Boot();
        ProcModule module = null!;
        module = new(
            () =>
            {
                CreateProcEntry("one", 0, null)!.Owner = module;
                CreateProcEntry("two", 0, null)!.ProcFops = new FileOperations { Owner = module };
            },
            () =>
            {
                RemoveProcEntry("one", null);
                RemoveProcEntry("two", null);
            });
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("p");
        foreach (string name in new[] { "one", "two" })
        {
            int fd = process.Open("/proc/" + name);
            Assert.Equal(1, module.RefCount);
            Expect.Errno(EAGAIN, () => kernel.RemoveModule(module));
            process.Close(fd);
        }

        kernel.RemoveModule(module);
        Assert.Equal(0, module.RefCount);
    }

    [Fact]
    public void An_entry_left_behind_by_a_module_leads_to_code_that_is_gone()
    {
        Kernel kernel = Boot();
        ProcModule module = null!;
        module = new(() => CreateProcEntry("left", 0, null)!.Owner = module, () => { });
        kernel.InsertModule(module);
        kernel.RemoveModule(module);
        UserProcess process = kernel.CreateProcess("p");
        Expect.Oops("the code of module procmod is gone", () => process.Open("/proc/left"), "DK8002");
    }

    [Fact]
    public void An_inode_knows_its_entry()
    {
        Kernel kernel = Boot();
        ProcDirEntry? seen = null;
        ProcDirEntry made = kernel.Run(() =>
        {
            ProcDirEntry entry = CreateProcEntry("pde", 0, null)!;
            entry.ProcFops = new FileOperations
            {
                Open = (inode, _) =>
                {
                    seen = Pde(inode);
                    return -EBUSY;
                },
            };
            return entry;
        });
        Expect.Errno(EBUSY, () => kernel.CreateProcess("p").Open("/proc/pde"));
        Assert.Same(made, seen);
        Assert.Null(made.ReadProc);
    }

    [Fact]
    public void Sprintf_and_snprintf_end_with_a_zero_and_say_how_long_the_text_is()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            KernelLogicalAddress buffer = Kmalloc(64, GfpFlags.Kernel);
            Memset(buffer, 0xff, 64);
            Assert.Equal(4, Sprintf(buffer, $"{1234}"));
            Assert.Equal((0x34333231u, (byte)0, (byte)0xff), (Load<uint>(buffer), Load<byte>(buffer + 4), Load<byte>(buffer + 5)));
            Assert.Equal(6, Snprintf(buffer, 3, "abcdef"));
            Assert.Equal((ushort)0x6261, Load<ushort>(buffer));
            Assert.Equal((byte)0, Load<byte>(buffer + 2));
            Assert.Equal((byte)'4', Load<byte>(buffer + 3));
            Assert.Equal(3, Snprintf(default, 0, "abc"));
            Kfree(buffer);
        });
        Expect.OopsIn(kernel, "NULL pointer", () => Sprintf(default(KernelVirtualAddress), "x"));
    }

    private void Install(Kernel kernel, ReadProc? read, WriteProc? write = null) => kernel.InsertModule(new ProcModule(
        () =>
        {
            _entry = CreateProcReadEntry("entry", 0, null, read!, "data")!;
            _entry.WriteProc = write;
        },
        () => RemoveProcEntry("entry", null)));

    private static string Read(UserProcess process, int fd, int size)
    {
        byte[] buffer = new byte[size];
        return Encoding.UTF8.GetString(buffer, 0, process.Read(fd, buffer));
    }
}
