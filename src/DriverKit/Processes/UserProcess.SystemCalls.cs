using DriverKit.Contracts;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <content>The system calls.</content>
public sealed partial class UserProcess
{
    /// <summary>mmap(2).</summary>
    /// <param name="address">Where, with MAP_FIXED; otherwise a wish; default: anywhere.</param>
    /// <param name="length">Bytes; rounded up to whole pages.</param>
    /// <param name="protection">What is allowed.</param>
    /// <param name="flags">MAP_SHARED or MAP_PRIVATE, and more.</param>
    /// <param name="fd">The file, or -1 with MAP_ANONYMOUS.</param>
    /// <param name="offset">Where in the file, in bytes; whole pages.</param>
    /// <returns>Where the map starts.</returns>
    /// <exception cref="SyscallException">EINVAL, EBADF, EACCES, ENODEV (no mmap operation), ENOMEM, EOVERFLOW, or what the driver's mmap returns.</exception>
    public UserVirtualAddress Mmap(
        UserVirtualAddress address, ulong length, Protection protection, MapFlags flags, int fd = -1, ulong offset = 0) =>
        new((ulong)Call(new MmapCall(address, length, protection, flags, fd, offset)).Value);

    /// <summary>munmap(2). A range in which nothing is mapped is no error.</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM.</exception>
    public void Munmap(UserVirtualAddress address, ulong length) => Call(new MunmapCall(address, length));

    /// <summary>mprotect(2).</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM (a hole), EACCES (the file does not allow it).</exception>
    public void Mprotect(UserVirtualAddress address, ulong length, Protection protection) => Call(new MprotectCall(address, length, protection));

    /// <summary>mremap(2): makes a mapping larger or smaller, and moves it if it may.</summary>
    /// <param name="oldAddress">Where it is; a page boundary.</param>
    /// <param name="oldLength">Its length in bytes; 0 makes a second mapping of shared memory.</param>
    /// <param name="newLength">The length it shall have, in bytes.</param>
    /// <param name="flags">Whether it may move.</param>
    /// <param name="newAddress">Where to, with MREMAP_FIXED.</param>
    /// <returns>Where it is now.</returns>
    /// <exception cref="SyscallException">EINVAL, EFAULT (not mapped, over the end of an area, or one that may not grow), ENOMEM, EAGAIN (over the limit of locked memory).</exception>
    public UserVirtualAddress Mremap(
        UserVirtualAddress oldAddress, ulong oldLength, ulong newLength, MremapFlags flags = MremapFlags.None, UserVirtualAddress newAddress = default) =>
        new((ulong)Call(new MremapCall(oldAddress, oldLength, newLength, flags, newAddress)).Value);

    /// <summary>madvise(2). Goes on over holes and reports them at the end.</summary>
    /// <exception cref="SyscallException">EINVAL (unknown advice; MADV_DONTNEED of locked memory or raw frames), ENOMEM (a hole), EAGAIN.</exception>
    public void Madvise(UserVirtualAddress address, ulong length, MemoryAdvice advice) => Call(new MadviseCall(address, length, advice));

    /// <summary>mincore(2) into the process's memory: a byte for each page, 1 when it is in memory.</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM (a hole; the bytes before it are filled in), EFAULT.</exception>
    public void Mincore(UserVirtualAddress address, ulong length, UserVirtualAddress vec) => Call(new MincoreCall(address, length, vec));

    /// <summary>mincore(2) by way of a buffer of the process: a byte for each page, 1 when it is in memory.</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM (a hole).</exception>
    public byte[] Mincore(UserVirtualAddress address, ulong length)
    {
        if (length > Mm.TaskSize)
            throw new SyscallException(new MincoreCall(address, length, default).Describe(), address.IsPageAligned ? Errno.ENOMEM : Errno.EINVAL);
        byte[] pages = new byte[(int)Math.Min((length + PageGeometry.PageSize - 1) >> PageGeometry.PageShift, int.MaxValue / 2)];
        UserVirtualAddress vec = Borrow(pages.Length);
        try
        {
            Mincore(address, length, vec);
            LoadBytes(vec, pages);
            return pages;
        }
        finally
        {
            Return(vec, pages.Length);
        }
    }

    /// <summary>msync(2): with MS_SYNC, what shared maps of files have changed is in the storage afterwards.</summary>
    /// <exception cref="SyscallException">EINVAL, ENOMEM (a hole), EBUSY (MS_INVALIDATE of locked memory), ENOSPC.</exception>
    public void Msync(UserVirtualAddress address, ulong length, MsyncFlags flags) => Call(new MsyncCall(address, length, flags));

    /// <summary>mlock(2): the pages of the range are in memory and stay there.</summary>
    /// <exception cref="SyscallException">EPERM (RLIMIT_MEMLOCK is 0), ENOMEM (over the limit, a hole, or a page that cannot be had), EINVAL, EAGAIN.</exception>
    public void Mlock(UserVirtualAddress address, ulong length) => Call(new MlockCall(address, length));

    /// <summary>munlock(2).</summary>
    /// <exception cref="SyscallException">ENOMEM (a hole), EINVAL.</exception>
    public void Munlock(UserVirtualAddress address, ulong length) => Call(new MunlockCall(address, length));

    /// <summary>mlockall(2): locks what is mapped now, or what will be.</summary>
    /// <exception cref="SyscallException">EINVAL, EPERM (RLIMIT_MEMLOCK is 0), ENOMEM (over the limit).</exception>
    public void Mlockall(MlockallFlags flags) => Call(new MlockallCall(flags));

    /// <summary>munlockall(2).</summary>
    public void Munlockall() => Call(default(MunlockallCall));

    /// <summary>getrlimit(2).</summary>
    /// <exception cref="SyscallException">EINVAL.</exception>
    public Rlimit Getrlimit(RlimitResource resource)
    {
        Call(new GetrlimitCall(resource));
        return Limits[resource];
    }

    /// <summary>setrlimit(2).</summary>
    /// <exception cref="SyscallException">EINVAL (the limit in force is above the maximum), EPERM (the maximum would rise, without CAP_SYS_RESOURCE).</exception>
    public void Setrlimit(RlimitResource resource, Rlimit limit) => Call(new SetrlimitCall(resource, limit));

    /// <summary>brk(2), the kernel's form: moves the end of the heap if it can.</summary>
    /// <param name="brk">The new end; default: only ask.</param>
    /// <returns>Where the heap ends now.</returns>
    public UserVirtualAddress Brk(UserVirtualAddress brk = default) => new((ulong)Call(new BrkCall(brk)).Value);

    /// <summary>fork(2): a copy of the process that shares its pages until either side stores to them.</summary>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess Fork() => Clone(CloneFlags.None, "fork");

    /// <summary>fork(2), where the child has a program of its own: it runs beside this process.</summary>
    /// <param name="program">What the child does; when it returns, the child exits with what it returns.</param>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess Fork(Func<UserProcess, int> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Clone(CloneFlags.None, "fork", program);
    }

    /// <summary>pthread_create(3): a thread of this process, which shares everything and has a program of its own.</summary>
    /// <param name="program">What the thread does; when it returns, the thread ends.</param>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess CreateThread(Action<UserProcess> program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Clone(CloneFlags.Vm | CloneFlags.Fs | CloneFlags.Files | CloneFlags.Sighand | CloneFlags.Thread, "clone", self =>
        {
            program(self);
            return 0;
        });
    }

    /// <summary>vfork(2): a child in the same address space. The parent waits, and may not be used, until the child has called
    /// <see cref="Execve"/> or <see cref="Exit"/>.</summary>
    /// <exception cref="SyscallException">ENOMEM.</exception>
    public UserProcess Vfork() => Clone(CloneFlags.Vfork | CloneFlags.Vm, "vfork");

    /// <summary>clone(2): a child that shares what the flags say.</summary>
    /// <exception cref="SyscallException">EINVAL (a flag the model does not have), ENOMEM.</exception>
    public UserProcess Clone(CloneFlags flags) => Clone(flags, "clone");

    /// <summary>execve(2): the process runs another program, a static ELF file of this machine, with an address space of its own. Descriptors opened with
    /// O_CLOEXEC are closed. See <see cref="ElfProgram"/> for making one.</summary>
    /// <param name="path">The file; it needs an execute permission.</param>
    /// <param name="argv">The arguments, the program's name first.</param>
    /// <param name="envp">The environment; null: none.</param>
    /// <exception cref="SyscallException">ENOENT, ENOTDIR, EACCES (no regular file, or no execute permission), ETXTBSY (somebody has it open for writing), ENOEXEC (no program of this machine), E2BIG, ENOMEM.</exception>
    public void Execve(string path, IReadOnlyList<string> argv, IReadOnlyList<string>? envp = null)
    {
        ArgumentNullException.ThrowIfNull(argv);
        if (argv.Contains(null!) || envp?.Contains(null!) == true)
            throw new ArgumentException("An argument or a variable of the environment is null.", argv.Contains(null!) ? nameof(argv) : nameof(envp));
        Call(new ExecveCall(NotNull(path), argv, envp ?? []));
    }

    /// <summary>exit_group(2), as exit() of the C library calls it: unmaps everything, closes everything; the other threads die with it.</summary>
    /// <param name="code">What wait() tells the parent: the lowest eight bits.</param>
    public void Exit(int code = 0) => Call(new ExitCall(new WaitStatus(code & 0xff, Signal.None)));

    /// <summary>exit(2): ends this thread alone.</summary>
    public void ExitThread(int code = 0) => Call(new ExitCall(new WaitStatus(code & 0xff, Signal.None), onlyThread: true));

    private UserProcess Clone(CloneFlags flags, string name, Func<UserProcess, int>? program = null)
    {
        var child = new System.Runtime.CompilerServices.StrongBox<UserProcess>();
        Call(new CloneCall(flags, name, child, program));
        return child.Value!;
    }
}
