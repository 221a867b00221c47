using DriverKit.Conformance.Host;
using DriverKit.Conformance.Judging;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Model;

/// <summary>Runs a program on the model.</summary>
internal sealed class ModelRunner(Surroundings surroundings)
{
    private static readonly MachineOptions Machine = new() { Architecture = Architecture.X8664, MemorySize = 64.MiB() };

    /// <summary>Where the files of programs are.</summary>
    private const string Directory = "/tmp";

    /// <summary>What the model's kernel answers to each step, up to the first crash.</summary>
    public List<Observation> Run(IReadOnlyList<Step> program)
    {
        using Kernel kernel = Kernel.Boot(Machine);
        var run = new ProgramRun(kernel, surroundings);
        UserProcess process = kernel.CreateProcess("program");
        process.Chdir(Directory);
        process.Sigaction(Signal.SIGPIPE, SignalAction.Ignore);
        process.Setrlimit(RlimitResource.MemLock, new(HostExecutor.MemlockLimit, HostExecutor.MemlockLimit));
        foreach ((ulong start, ulong end, bool writable) in surroundings.Areas)
        {
            Protection protection = writable ? Protection.Read | Protection.Write : Protection.Read;
            if (end <= process.Mm.TaskSize)
                process.Mmap(new(start), end - start, protection, MapFlags.Shared | MapFlags.Anonymous | MapFlags.Fixed);
        }

        // execve has written the arguments there: the stack has pages of its own, so it does not merge with what a program maps below it.
        process.Store(process.Mm.StartStack - (ulong)Place.PageSize, 0ul);
        run.Steps(process, program, "");
        return run.Observations;
    }

    /// <summary>One program on one machine.</summary>
    private sealed class ProgramRun(Kernel kernel, Surroundings surroundings)
    {
        private readonly MapsReader _maps = new(surroundings, Directory);
        private readonly Dictionary<(int Pid, int Slot), int> _descriptors = [];

        /// <summary>The program has given MADV_WILLNEED, which the host follows where it likes.</summary>
        private bool _asksAhead;

        public List<Observation> Observations { get; } = [];

        /// <summary>False after a crash.</summary>
        public bool Steps(UserProcess process, IReadOnlyList<Step> steps, string prefix)
        {
            for (int i = 0; i < steps.Count; i++)
            {
                Step step = steps[i];
                if (!surroundings.Allows(step))
                    continue;
                Observation seen = new($"{prefix}{i}", step);
                try
                {
                    if (step is Fork fork && !Forked(process, fork, seen.Where + "."))
                        return false;
                    Transfer? transfer = TransferOf(process, step);
                    bool isBeyondEnd = transfer is { StartsBeyondEnd: true }, isToItself = transfer is { IsToItself: true } || TakesFromItself(process, step);
                    seen = Do(process, step, seen);
                    if (Deviations.Of(step, seen.Value, isBeyondEnd, isToItself) is not null)
                    {
                        Observations.Add(seen with { Deviates = true });
                        return false;
                    }

                    seen = seen with { Maps = _maps.Read(kernel.ReadFile($"/proc/{process.Pid}/maps")) };
                }
                catch (Exception crash) when (crash is not InvalidProgramStepException)
                {
                    Observations.Add(seen with { Crash = crash.ToString() });
                    return false;
                }

                Observations.Add(seen);
            }

            return true;
        }

        /// <summary>What a read or write of an open file is going to copy; null for other steps.</summary>
        private Transfer? TransferOf(UserProcess process, Step step)
        {
            (int file, long? offset) = step switch
            {
                Read read => (read.File, null),
                Write write => (write.File, null),
                Pread pread => (pread.File, pread.Offset),
                Pwrite pwrite => (pwrite.File, pwrite.Offset),
                _ => (-1, default(long?)),
            };
            int fd = Descriptor(process, file);
            return fd < 0 || !process.Fstat(fd).IsRegular ? null : new(process, process.Fstat(fd), offset ?? process.Lseek(fd, 0, SeekWhence.Current), At(((RangeStep)step).Address), ((RangeStep)step).Length);
        }

        /// <summary>True for a step that copies bytes out of a pipe to the page they are in.</summary>
        private bool TakesFromItself(UserProcess process, Step step) => step switch
        {
            Read read => PipeTransfer.IsToItself(kernel, process, FileIn(process, read.File), At(read.Address), read.Length),
            Vmsplice vmsplice => PipeTransfer.IsToItself(kernel, process, FileIn(process, vmsplice.File), At(vmsplice.Address), vmsplice.Length),
            Splice splice => PipeTransfer.IsToItself(FileIn(process, splice.From), FileIn(process, splice.To)),
            _ => false,
        };

        private OpenFile? FileIn(UserProcess process, int slot) => process.Files.Get(Descriptor(process, slot));

        private bool Forked(UserProcess parent, Fork fork, string prefix)
        {
            UserProcess child = parent.Fork();
            foreach (((int pid, int slot), int fd) in _descriptors.ToArray())
            {
                if (pid == parent.Pid)
                    _descriptors[(child.Pid, slot)] = fd;
            }

            if (!Steps(child, fork.Child, prefix))
                return false;
            child.Exit();
            return true;
        }

        private Observation Do(UserProcess process, Step step, Observation seen)
        {
            try
            {
                switch (step)
                {
                    case Open open:
                        Opened(process, open);
                        return seen;
                    case Close close:
                        Closed(process, close.File);
                        return seen;
                    case Read read:
                        return seen with { Value = process.Read(Descriptor(process, read.File), At(read.Address), read.Length) };
                    case Write write:
                        return seen with { Value = process.Write(Descriptor(process, write.File), At(write.Address), write.Length) };
                    case MakePipe pipe:
                        MadePipe(process, pipe);
                        return seen;
                    case Splice splice:
                        return seen with { Value = process.Splice(Descriptor(process, splice.From), At(splice.OffIn), Descriptor(process, splice.To), At(splice.OffOut), splice.Length, splice.Flags) };
                    case Tee tee:
                        return seen with { Value = process.Tee(Descriptor(process, tee.From), Descriptor(process, tee.To), tee.Length, tee.Flags) };
                    case Vmsplice vmsplice:
                        return seen with { Value = Vmspliced(process, vmsplice) };
                    case BytesInPipe bytes:
                        return seen with { Value = CountedBytes(process, bytes) };
                    case Lseek lseek:
                        return seen with { Value = process.Lseek(Descriptor(process, lseek.File), lseek.Offset, lseek.Whence) };
                    case Pread pread:
                        return seen with { Value = process.Pread(Descriptor(process, pread.File), At(pread.Address), pread.Length, pread.Offset) };
                    case Pwrite pwrite:
                        return seen with { Value = process.Pwrite(Descriptor(process, pwrite.File), At(pwrite.Address), pwrite.Length, pwrite.Offset) };
                    case Ftruncate truncate:
                        process.Ftruncate(Descriptor(process, truncate.File), truncate.Length);
                        return seen;
                    case Fsync fsync:
                        process.Fsync(Descriptor(process, fsync.File));
                        return seen;
                    case Unlink unlink:
                        process.Unlink(unlink.Path);
                        return seen;
                    case Contents contents:
                        byte[] file = FileContents(process, contents.File);
                        return seen with { Value = file.Length, Pages = PageContent.Of(file) };
                    case Mmap mmap:
                        int fd = Descriptor(process, mmap.File);
                        return seen with { Value = (long)process.Mmap(At(mmap.Address), mmap.Length, mmap.Protection, mmap.Flags, fd, mmap.Offset).Value };
                    case Munmap munmap:
                        process.Munmap(At(munmap.Address), munmap.Length);
                        return seen;
                    case Mprotect mprotect:
                        process.Mprotect(At(mprotect.Address), mprotect.Length, mprotect.Protection);
                        return seen;
                    case Mremap mremap:
                        UserVirtualAddress moved = process.Mremap(At(mremap.Address), mremap.Length, mremap.NewLength, mremap.Flags, At(mremap.NewAddress));
                        return seen with { Value = (long)moved.Value };
                    case Madvise madvise:
                        _asksAhead |= madvise.Advice == MemoryAdvice.WillNeed;
                        process.Madvise(At(madvise.Address), madvise.Length, madvise.Advice);
                        return seen;
                    case Mincore mincore:
                        return seen with { Bytes = Residence(process, mincore) };
                    case Msync msync:
                        process.Msync(At(msync.Address), msync.Length, msync.Flags);
                        return seen;
                    case Mlock mlock:
                        process.Mlock(At(mlock.Address), mlock.Length);
                        return seen;
                    case Munlock munlock:
                        process.Munlock(At(munlock.Address), munlock.Length);
                        return seen;
                    case Mlockall mlockall:
                        process.Mlockall(mlockall.Flags);
                        return seen;
                    case Munlockall:
                        process.Munlockall();
                        return seen;
                    case Brk brk:
                        return seen with { Value = (long)process.Brk(At(brk.Address)).Value };
                    case Load load:
                        return seen with { Value = (long)Loaded(process, load) };
                    case Store store:
                        Stored(process, store);
                        return seen;
                    case Dump:
                        return seen with { Pages = [.. DumpPages.All.Select(page => Content(process, At(page)))] };
                    case Fork:
                        return seen;
                    default:
                        throw new InvalidProgramStepException($"The model runner does not know {step}.");
                }
            }
            catch (SyscallException failed)
            {
                return seen with { Value = -failed.Errno.Number };
            }
            catch (SignalException signal)
            {
                return seen with { Fault = FaultOf(signal) };
            }
        }

        /// <summary>By way of the region that the host has for results too.</summary>
        private byte[] Residence(UserProcess process, Mincore mincore)
        {
            UserVirtualAddress vec = new(ExecutorImage.Results);
            process.Mincore(At(mincore.Address), mincore.Length, vec);
            byte[] pages = new byte[mincore.Pages];
            process.LoadBytes(vec, pages);
            for (int i = 0; i < pages.Length; i++)
            {
                if ((pages[i] == 0 || _asksAhead) && MayBeReadAhead(process, At(mincore.Address) + (ulong)(i * Place.PageSize)))
                    pages[i] = Mincore.Undetermined;
            }

            return pages;
        }

        /// <summary>True in a map of a file on a disk: the host reads pages nobody has asked for, and nothing says which.</summary>
        private static bool MayBeReadAhead(UserProcess process, UserVirtualAddress address) =>
            process.Mm.FindVma(address) is { VmFile.Inode: { Type: InodeType.Regular, FileSystem.Major: not 0 } };

        /// <summary>By way of the same region.</summary>
        private byte[] FileContents(UserProcess process, int file)
        {
            UserVirtualAddress buffer = new(ExecutorImage.Results);
            byte[] bytes = new byte[process.Pread(Descriptor(process, file), buffer, Contents.MaxPages * Place.PageSize, 0)];
            process.LoadBytes(buffer, bytes);
            return bytes;
        }

        private void MadePipe(UserProcess process, MakePipe pipe)
        {
            foreach (int slot in new[] { pipe.Reading, pipe.Writing })
            {
                if (_descriptors.ContainsKey((process.Pid, slot)))
                    Closed(process, slot);
            }

            (_descriptors[(process.Pid, pipe.Reading)], _descriptors[(process.Pid, pipe.Writing)]) = process.Pipe(pipe.Flags);
        }

        /// <summary>By way of the region that the host has for results too.</summary>
        private long Vmspliced(UserProcess process, Vmsplice vmsplice)
        {
            UserVirtualAddress iov = new(ExecutorImage.Results);
            process.Store(iov, At(vmsplice.Address).Value);
            process.Store(iov + sizeof(ulong), vmsplice.Length);
            return process.Vmsplice(Descriptor(process, vmsplice.File), iov, 1, vmsplice.Flags);
        }

        /// <summary>By way of the same region.</summary>
        private int CountedBytes(UserProcess process, BytesInPipe bytes)
        {
            const uint Fionread = 0x541B;
            UserVirtualAddress count = new(ExecutorImage.Results);
            process.Ioctl(Descriptor(process, bytes.File), Fionread, count);
            return process.Load<int>(count);
        }

        private void Opened(UserProcess process, Open open)
        {
            if (_descriptors.ContainsKey((process.Pid, open.File)))
                Closed(process, open.File);
            _descriptors[(process.Pid, open.File)] = process.Open(open.Path, open.Flags, Programs.Open.Mode);
        }

        private void Closed(UserProcess process, int file)
        {
            int fd = Descriptor(process, file);
            _descriptors.Remove((process.Pid, file));
            process.Close(fd);
        }

        private int Descriptor(UserProcess process, int file) => _descriptors.GetValueOrDefault((process.Pid, file), -1);

        private ulong Loaded(UserProcess process, Load load) => load.Width switch
        {
            1 => process.Load<byte>(At(load.Address)),
            2 => process.Load<ushort>(At(load.Address)),
            4 => process.Load<uint>(At(load.Address)),
            _ => process.Load<ulong>(At(load.Address)),
        };

        private void Stored(UserProcess process, Store store)
        {
            switch (store.Width)
            {
                case 1: process.Store(At(store.Address), (byte)store.Value); break;
                case 2: process.Store(At(store.Address), (ushort)store.Value); break;
                case 4: process.Store(At(store.Address), (uint)store.Value); break;
                default: process.Store(At(store.Address), store.Value); break;
            }
        }

        private static PageContent Content(UserProcess process, UserVirtualAddress page)
        {
            Span<byte> bytes = stackalloc byte[Place.PageSize];
            try
            {
                process.LoadBytes(page, bytes);
                return new(page.Value, MemoryHash.Of(bytes), default);
            }
            catch (SignalException signal)
            {
                return new(page.Value, 0, FaultOf(signal));
            }
        }

        /// <summary>The kit's BUS_ADRERR has a number apart from SEGV_ACCERR; Linux's have the same.</summary>
        private static Fault FaultOf(SignalException signal) => new((int)signal.Signal, (int)signal.Code & 0xff, signal.Address.Value);

        private UserVirtualAddress At(Place place) => new(surroundings.Resolve(place));
    }
}

/// <summary>A step that the runner has no code for: a mistake of the tests, not of the model.</summary>
internal sealed class InvalidProgramStepException(string message) : Exception(message);
