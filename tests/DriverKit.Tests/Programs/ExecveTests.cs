using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Programs;

/// <summary>Programs: what execve maps, what the new program finds, and what vfork and clone share.</summary>
public sealed class ExecveTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    private static readonly ElfProgram Hello = new()
    {
        Text = new byte[] { 0x90, 0x90, 0xC3 },
        Data = Encoding.ASCII.GetBytes("initialised"),
        BssSize = 3 * 4096,
        Entry = 2,
    };

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void A_program_finds_text_data_bss_heap_stack_and_the_vsyscall_page(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess process = kernel.CreateProcess("sh");
        process.Execve("/bin/hello", ["hello", "world"], ["HOME=/"]);
        Assert.Equal("hello", process.Name);

        UserVirtualAddress text = Hello.TextStart(architecture), data = Hello.DataStart(architecture), bss = Hello.BssStart(architecture);
        Assert.Equal(0xC3, process.Load<byte>(text + 2ul));
        byte[] start = new byte[11];
        process.LoadBytes(data, start);
        Assert.Equal("initialised", Encoding.ASCII.GetString(start));
        byte[] zeros = new byte[3 * 4096];
        process.LoadBytes(bss, zeros);
        Assert.All(zeros, value => Assert.Equal(0, value));
        process.Store(bss, 42);
        Expect.Signal(Signal.SIGSEGV, SignalCode.ACCERR, text, () => process.Store<byte>(text, 1));
        Assert.Equal(process.Mm.StartBrk, process.Brk());
        process.Brk(process.Mm.StartBrk + 4096ul);
        process.Mmap(default, 4096, ReadWrite, Anonymous);

        string[] names = [.. kernel.ReadFile($"/proc/{process.Pid}/maps").TrimEnd('\n').Split('\n').Select(line => line[(line.LastIndexOf(' ') + 1)..])];

        // The heap starts where the bss ends, so the two are one area.
        string[] expected = ["/bin/hello", "/bin/hello", "[heap]", "", "[stack]", architecture == Architecture.X8664 ? "[vsyscall]" : "[vdso]"];
        Assert.Equal(expected, names);
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Arguments_and_environment_are_on_the_stack_as_the_start_code_expects(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess process = kernel.CreateProcess("sh");
        process.Execve("/bin/hello", ["hello", "big", "world"], ["HOME=/", "TERM=vt100"]);
        int word = architecture == Architecture.X8664 ? 8 : 4;
        UserVirtualAddress sp = process.Mm.StartStack;
        ulong Word(int i) => word == 8 ? process.Load<ulong>(sp + (ulong)(i * word)) : process.Load<uint>(sp + (ulong)(i * word));
        string Text(ulong address)
        {
            var text = new StringBuilder();
            for (UserVirtualAddress at = new(address); process.Load<byte>(at) is not 0 and var c; at += 1ul)
                text.Append((char)c);
            return text.ToString();
        }

        Assert.Equal(0ul, sp.Value % 16);
        Assert.Equal(3ul, Word(0));
        Assert.Equal(["hello", "big", "world"], Enumerable.Range(1, 3).Select(i => Text(Word(i))));
        Assert.Equal(0ul, Word(4));
        Assert.Equal(["HOME=/", "TERM=vt100"], Enumerable.Range(5, 2).Select(i => Text(Word(i))));
        Assert.Equal(0ul, Word(7));
        var auxv = new Dictionary<ulong, ulong>();
        for (int i = 8; Word(i) != 0; i += 2)
            auxv.Add(Word(i), Word(i + 1));
        const ulong PageSizeEntry = 6, EntryPoint = 9, FileName = 31;
        Assert.Equal(4096ul, auxv[PageSizeEntry]);
        Assert.Equal((Hello.TextStart(architecture) + 2ul).Value, auxv[EntryPoint]);
        Assert.Equal("/bin/hello", Text(auxv[FileName]));
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Proc_and_the_core_file_tell_the_vector_and_the_arguments_of_the_program(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess process = kernel.CreateProcess("sh");
        process.Execve("/bin/hello", ["hello", "", "wörld"], ["HOME=/"]);
        bool is64Bit = architecture == Architecture.X8664;
        int word = is64Bit ? 8 : 4;

        // The vector on the stack, behind argc, four words of argv and two of the environment.
        UserVirtualAddress at = process.Mm.StartStack + (ulong)(7 * word);
        var words = new List<ulong>();
        do
        {
            words.Add(is64Bit ? process.Load<ulong>(at) : process.Load<uint>(at));
            words.Add(is64Bit ? process.Load<ulong>(at + 8ul) : process.Load<uint>(at + 4ul));
            at += (ulong)(2 * word);
        }
        while (words[^2] != 0);
        byte[] vector = [.. words.SelectMany(value => BitConverter.GetBytes(value)[..word])];
        Assert.True(words.Count > 20);

        UserProcess child = process.Fork();
        foreach (UserProcess each in new[] { process, child })
        {
            Assert.Equal(vector, Bytes(process, $"/proc/{each.Pid}/auxv"));
            Assert.Equal("hello\0\0wörld\0", Encoding.UTF8.GetString(Bytes(process, $"/proc/{each.Pid}/cmdline")));
            Assert.Equal("hello\0\0wörld\0", kernel.ReadFile($"/proc/{each.Pid}/cmdline"));
            List<ElfFile.Note> notes = CoreDumps.CoreDumpTests.Dump(kernel, each).Notes();
            Assert.Equal(vector, notes.Single(note => note.Type == 6).Contents);
            Assert.Equal("hello  wörld ", Encoding.UTF8.GetString(notes[1].Contents, is64Bit ? 56 : 44, 80).TrimEnd('\0'));
            Assert.Equal(
                (Hello.TextStart(architecture) + 2ul).Value,
                is64Bit ? BitConverter.ToUInt64(notes[0].Contents, 112 + 16 * 8) : BitConverter.ToUInt32(notes[0].Contents, 72 + 12 * 4));
        }

        process.Execve("/bin/hello", [new string('x', 200)]);
        Assert.Equal(new string('x', 79) + "\0", Encoding.UTF8.GetString(CoreDumps.CoreDumpTests.Dump(kernel, process).Notes()[1].Contents, is64Bit ? 56 : 44, 80));
        process.StoreBytes(process.Mm.ArgStart, "title\0"u8);
        Assert.StartsWith("title\0xxx", kernel.ReadFile($"/proc/{process.Pid}/cmdline"));
        int fd = process.Open($"/proc/{child.Pid}/cmdline");
        child.Exit();
        Assert.Equal(0, process.Read(fd, new byte[8]));
        Expect.Errno(EFAULT, () => process.Read(process.Open("/proc/self/auxv"), new UserVirtualAddress(8), 8));
        Assert.Equal("", kernel.ReadFile($"/proc/{kernel.CreateProcess("bare").Pid}/cmdline"));
    }

    [Theory]
    [InlineData(Architecture.I386)]
    [InlineData(Architecture.I386Pae)]
    public void The_vsyscall_page_of_i386_can_be_read_and_not_written(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress page = new(0xFFFF_E000);
        Assert.Equal(0x80CD, process.Load<ushort>(page));
        Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, page, () => process.Store<byte>(page, 1));
        Assert.Contains("RO", kernel.WalkPageTables(process, page));
    }

    [Fact]
    public void Two_processes_share_the_text_of_a_program_in_memory()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess one = Start(kernel), two = Start(kernel);
        UserVirtualAddress text = Hello.TextStart(Architecture.I386), data = Hello.DataStart(Architecture.I386);
        one.Load<byte>(text);
        two.Load<byte>(text);
        one.Store<byte>(data, 1);
        Assert.Equal((byte)'i', two.Load<byte>(data));
        Assert.Equal(Frame(kernel, one, text), Frame(kernel, two, text));
        Assert.NotEqual(Frame(kernel, one, data), Frame(kernel, two, data));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void A_failed_execve_leaves_the_process_as_it_was()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/hello", Hello);
        kernel.WriteFile("/bin/script", "#!/bin/sh\n");
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, ReadWrite, Anonymous);
        process.Store(area, 7);
        Expect.Errno(ENOENT, () => process.Execve("/bin/nothing", ["x"]));
        Expect.Errno(EACCES, () => process.Execve("/bin", ["x"]));
        Expect.Errno(EACCES, () => process.Execve("/bin/script", ["x"]));
        Expect.Errno(EACCES, () => process.Execve("/dev", ["x"]));
        Expect.Errno(ENOTDIR, () => process.Execve("/bin/hello/x", ["x"]));
        int fd = process.Open("/bin/garbage", OpenFlags.WriteOnly | OpenFlags.Create, (UnixFileMode)0x1ED);
        process.Write(fd, new byte[100]);
        process.Close(fd);
        Expect.Errno(ENOEXEC, () => process.Execve("/bin/garbage", ["x"]));
        Expect.Errno(E2BIG, () => process.Execve("/bin/hello", [new string('x', 1 << 20)]));
        Expect.Errno(E2BIG, () => process.Execve("/bin/hello", Enumerable.Repeat(new string('x', 100_000), 100).ToArray()));
        Assert.Throws<ArgumentNullException>(() => process.Execve(null!, []));
        Assert.Throws<ArgumentNullException>(() => process.Execve("/bin/hello", null!));
        Assert.Throws<ArgumentException>(() => process.Execve("/bin/hello", [null!]));
        Assert.Throws<ArgumentException>(() => process.Execve("/bin/hello", ["hello"], ["A=1", null!]));
        Assert.Equal(7, process.Load<int>(area));
        Assert.Equal("p", process.Name);
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Execve_closes_what_was_opened_with_close_on_exec_and_frees_the_old_memory()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess process = Start(kernel);
        ulong before = process.Mm.TotalVm;
        int kept = process.Open("/bin/hello"), closed = process.Open("/bin/hello", OpenFlags.ReadOnly | OpenFlags.CloseOnExec);
        UserVirtualAddress area = process.Mmap(default, 1 << 20, ReadWrite, Anonymous | MapFlags.Populate);
        ulong free = kernel.FreePages();
        process.Execve("/bin/hello", ["hello"]);
        Assert.True(kernel.FreePages() > free + 250);
        Assert.Equal(before, process.Mm.TotalVm);
        Assert.Equal(1, process.Read(kept, new byte[1]));
        Expect.Errno(EBADF, () => process.Read(closed, new byte[1]));
        Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, area, () => process.Load<int>(area));
    }

    [Fact]
    public void The_parent_of_a_vfork_waits_until_the_child_has_executed_a_program()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress area = parent.Mmap(default, 4096, ReadWrite, Anonymous);
        parent.Store(area, 1);
        UserProcess child = parent.Vfork();
        child.Store(area, 2);
        Assert.Throws<InvalidOperationException>(() => parent.Load<int>(area));
        Assert.Throws<InvalidOperationException>(() => parent.Exit());
        child.Execve("/bin/hello", ["hello"]);
        Assert.Equal(2, parent.Load<int>(area));
        Expect.Signal(Signal.SIGSEGV, SignalCode.MAPERR, area, () => child.Load<int>(area));
        UserProcess second = parent.Vfork();
        second.Store(area, 3);
        second.Exit();
        Assert.Equal(3, parent.Load<int>(area));
        Expect.Errno(ESRCH, () => second.Load<int>(area));
        Audit.AddressSpaces(kernel);
    }

    [Fact]
    public void Limits_set_in_a_vfork_child_are_its_own()
    {
        Kernel kernel = Boot();
        UserProcess parent = kernel.CreateProcess("parent");
        UserProcess child = parent.Vfork();
        child.Setrlimit(RlimitResource.MemLock, new(0, 0));
        Expect.Errno(EPERM, () => child.Mlockall(MlockallFlags.Future));
        child.Exit();
        parent.Mlockall(MlockallFlags.Future);
        parent.Munlockall();
    }

    [Fact]
    public void Clone_shares_memory_and_files_until_the_last_one_is_gone()
    {
        Kernel kernel = Boot();
        ulong free = kernel.FreePages();
        UserProcess one = kernel.CreateProcess("one");
        UserProcess two = one.Clone(CloneFlags.Vm | CloneFlags.Files | CloneFlags.Fs);
        UserVirtualAddress area = two.Mmap(default, 4096, ReadWrite, Anonymous);
        one.Store(area, 5);
        Assert.Equal(5, two.Load<int>(area));
        int fd = one.Open("/tmp/shared", OpenFlags.ReadWrite | OpenFlags.Create);
        Assert.Equal(1, two.Write(fd, new byte[1]));
        two.Chdir("/tmp");
        Assert.Equal("/tmp", one.Getcwd());
        one.Exit();
        Expect.Errno(ESRCH, () => one.Load<int>(area));
        Assert.Equal(5, two.Load<int>(area));
        Assert.Equal(0, two.Read(fd, new byte[1]));
        two.Exit();
        Expect.Errno(ESRCH, () => two.Load<int>(area));
        Expect.Errno(EINVAL, () => kernel.CreateProcess("p").Clone((CloneFlags)0x10000));
        Assert.True(free - kernel.FreePages() < 60, "the file's page and a process's stack and tables are left");
    }

    [Fact]
    public void Who_shares_the_memory_of_a_victim_dies_with_it_and_the_memory_is_free()
    {
        Kernel kernel = Boot(new MachineOptions { MemorySize = 16.MiB() });
        ulong free = kernel.FreePages();
        UserProcess one = kernel.CreateProcess("one");
        UserProcess two = one.Clone(CloneFlags.Vm);
        UserVirtualAddress area = one.Mmap(default, 32 << 20, ReadWrite, Anonymous | MapFlags.NoReserve);
        SignalException killed = Assert.Throws<SignalException>(() =>
        {
            for (ulong at = 0; at < 32 << 20; at += 4096)
                one.Store(area + at, 1);
        });
        Assert.Equal(Signal.SIGKILL, killed.Signal);
        Assert.False(two.IsAlive);
        Assert.Equal(free, kernel.FreePages());
    }

    [Fact]
    public void Of_a_file_that_is_no_program_only_the_header_is_read()
    {
        Kernel kernel = Boot();
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/bin/huge", OpenFlags.WriteOnly | OpenFlags.Create, (UnixFileMode)0x1ED);
        process.Ftruncate(fd, 8L << 30);
        process.Close(fd);
        long before = kernel.Memory.VmStat[ZoneStat.FilePages];
        Expect.Errno(ENOEXEC, () => process.Execve("/bin/huge", ["huge"]));
        Assert.InRange(kernel.Memory.VmStat[ZoneStat.FilePages] - before, 0, 2);
    }

    [Fact]
    public void Execve_takes_leave_of_descriptors_it_shares()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess parent = kernel.CreateProcess("parent");
        int fd = parent.Open("/dev/zero", OpenFlags.ReadOnly | OpenFlags.CloseOnExec);
        UserProcess child = parent.Clone(CloneFlags.Files);
        child.Execve("/bin/hello", ["hello"]);
        Expect.Errno(EBADF, () => child.Read(fd, new byte[1]));
        Assert.Equal(1, parent.Read(fd, new byte[1]));
        int opened = child.Open("/bin/hello");
        Assert.Equal(fd, opened);
        parent.Close(fd);
        Assert.Equal(1, child.Read(opened, new byte[1]));
    }

    [Fact]
    public void A_program_that_runs_cannot_be_written_to_and_one_that_is_written_to_cannot_run()
    {
        Kernel kernel = Boot();
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/bin/hello", OpenFlags.ReadWrite);
        Expect.Errno(ETXTBSY, () => process.Execve("/bin/hello", ["hello"]));
        process.Close(fd);
        process.Execve("/bin/hello", ["hello"]);
        UserProcess child = process.Fork();
        process.Exit();
        Expect.Errno(ETXTBSY, () => child.Open("/bin/hello", OpenFlags.WriteOnly));
        Expect.Errno(ETXTBSY, () => child.Open("/bin/hello", OpenFlags.ReadOnly | OpenFlags.Truncate));
        child.Exit();
        UserProcess later = kernel.CreateProcess("later");
        later.Close(later.Open("/bin/hello", OpenFlags.ReadWrite));
    }

    [Fact]
    public void The_stack_limit_decides_where_maps_begin()
    {
        Kernel kernel = Boot(Architecture.X8664);
        kernel.InstallProgram("/bin/hello", Hello);
        UserProcess process = kernel.CreateProcess("p");
        process.Execve("/bin/hello", ["hello"]);
        UserVirtualAddress usual = process.Mmap(default, 4096, ReadWrite, Anonymous);
        process.Setrlimit(RlimitResource.Stack, new(1 << 30, Rlimit.Infinity));
        process.Execve("/bin/hello", ["hello"]);
        UserVirtualAddress lower = process.Mmap(default, 4096, ReadWrite, Anonymous);
        Assert.InRange(usual - lower, (1ul << 30) - (128 << 20), 1ul << 30);
        process.Store(process.Mm.StartStack - (16ul << 20), 1);
        process.Setrlimit(RlimitResource.Stack, Rlimit.None);
        process.Execve("/bin/hello", ["hello"]);
        UserVirtualAddress first = process.Mmap(default, 4096, ReadWrite, Anonymous), second = process.Mmap(default, 8192, ReadWrite, Anonymous);
        Assert.Equal((process.Mm.TaskSize / 3 + 4095) & ~4095ul, first.Value);
        Assert.Equal(first + 4096ul, second);
    }

    private static UserProcess Start(Kernel kernel)
    {
        UserProcess process = kernel.CreateProcess("sh");
        process.Execve("/bin/hello", ["hello"]);
        return process;
    }

    /// <summary>A file of /proc, read in pieces of odd size.</summary>
    private static byte[] Bytes(UserProcess process, string path)
    {
        int fd = process.Open(path);
        var bytes = new List<byte>();
        byte[] piece = new byte[7];
        for (int read; (read = process.Read(fd, piece)) > 0;)
            bytes.AddRange(piece[..read]);
        process.Close(fd);
        return [.. bytes];
    }

    private static Pfn Frame(Kernel kernel, UserProcess process, UserVirtualAddress address)
    {
        Assert.True(kernel.VirtualMemory.Tables.TryFind(process.Mm, address.Value, out PhysicalAddress where));
        return kernel.VirtualMemory.Tables.Read(where).Pfn;
    }
}
