using System.Numerics;
using DriverKit.Conformance.Judging;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Host;

/// <summary>Runs a program on the host's kernel.</summary>
internal sealed class HostRunner(HostExecutor executor, Surroundings surroundings)
{
    /// <summary>The descriptor of the first slot: what a slot holds is moved to a fixed number, out of the way of others.</summary>
    private const int FirstDescriptor = 100;

    /// <summary>What the host's kernel answers to each step.</summary>
    public List<Observation> Run(IReadOnlyList<Step> program)
    {
        var batch = new Batch();
        batch.Add(HostCall.CloseRange, FirstDescriptor, int.MaxValue);
        foreach (string name in Open.Names)
            batch.PointToText(batch.Add(HostCall.Unlink), 0, name);
        var readers = new List<Func<BatchResult, MapsReader, Observation>>();
        Compile(batch, program, "", readers);
        try
        {
            BatchResult result = executor.Run(batch);
            var maps = new MapsReader(surroundings, executor.Directory);
            return [.. readers.Select(read => read(result, maps))];
        }
        catch (ExecutorDiedException died)
        {
            return [new("0", program[0]) { Crash = died.Message }];
        }
    }

    private void Compile(Batch batch, IReadOnlyList<Step> steps, string prefix, List<Func<BatchResult, MapsReader, Observation>> readers)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            Step step = steps[i];
            string where = $"{prefix}{i}";
            if (!surroundings.Allows(step))
                continue;
            Func<BatchResult, Observation, Observation> read = step is Fork fork ? CompileFork(batch, fork, where, readers) : CompileStep(batch, step);
            MapsRequests maps = MapsRequests.Add(batch);
            readers.Add((result, reader) => read(result, new(where, step) { Maps = reader.Read(maps.Text(result)) }));
        }
    }

    private Func<BatchResult, Observation, Observation> CompileFork(Batch batch, Fork fork, string where, List<Func<BatchResult, MapsReader, Observation>> readers)
    {
        int request = batch.Add(HostCall.Fork);
        Compile(batch, fork.Child, where + ".", readers);
        int end = batch.Add(HostCall.End);
        batch.Patch(request, 1, (ulong)(end - request));
        return (result, seen) => result.Value(request) > 0 && result.Code(request) == 0
            ? seen
            : seen with { Crash = $"fork returned {result.Value(request)}, the child ended with status 0x{result.Code(request):x}" };
    }

    private Func<BatchResult, Observation, Observation> CompileStep(Batch batch, Step step)
    {
        if (step is Dump)
            return CompileDump(batch);
        if (step is Mincore mincore)
            return CompileMincore(batch, mincore);
        if (step is Contents contents)
            return CompileContents(batch, contents);
        if (step is BytesInPipe bytes)
            return CompileBytesInPipe(batch, bytes);
        int request = step switch
        {
            MakePipe pipe => AddPipe(batch, pipe),
            Splice splice => batch.Add(HostCall.Splice, Descriptor(splice.From), At(splice.OffIn), Descriptor(splice.To), At(splice.OffOut), splice.Length, (ulong)splice.Flags),
            Tee tee => batch.Add(HostCall.Tee, Descriptor(tee.From), Descriptor(tee.To), tee.Length, (ulong)tee.Flags),
            Vmsplice vmsplice => AddVmsplice(batch, vmsplice),
            Open open => AddOpen(batch, open),
            Close close => batch.Add(HostCall.Close, Descriptor(close.File)),
            Read read => batch.Add(HostCall.Read, Descriptor(read.File), At(read.Address), read.Length),
            Write write => batch.Add(HostCall.Write, Descriptor(write.File), At(write.Address), write.Length),
            Lseek lseek => batch.Add(HostCall.Lseek, Descriptor(lseek.File), (ulong)lseek.Offset, (ulong)lseek.Whence),
            Pread pread => batch.Add(HostCall.Pread, Descriptor(pread.File), At(pread.Address), pread.Length, (ulong)pread.Offset),
            Pwrite pwrite => batch.Add(HostCall.Pwrite, Descriptor(pwrite.File), At(pwrite.Address), pwrite.Length, (ulong)pwrite.Offset),
            Ftruncate truncate => batch.Add(HostCall.Ftruncate, Descriptor(truncate.File), (ulong)truncate.Length),
            Fsync fsync => batch.Add(HostCall.Fsync, Descriptor(fsync.File)),
            Unlink unlink => AddUnlink(batch, unlink),
            Mmap mmap => batch.Add(
                HostCall.Mmap, At(mmap.Address), mmap.Length, (ulong)(long)mmap.Protection, (ulong)(long)mmap.Flags, Descriptor(mmap.File), mmap.Offset),
            Munmap munmap => batch.Add(HostCall.Munmap, At(munmap.Address), munmap.Length),
            Mprotect mprotect => batch.Add(HostCall.Mprotect, At(mprotect.Address), mprotect.Length, (ulong)(long)mprotect.Protection),
            Mremap mremap => batch.Add(HostCall.Mremap, At(mremap.Address), mremap.Length, mremap.NewLength, (ulong)(long)mremap.Flags, At(mremap.NewAddress)),
            Madvise madvise => batch.Add(HostCall.Madvise, At(madvise.Address), madvise.Length, (ulong)(long)madvise.Advice),
            Msync msync => batch.Add(HostCall.Msync, At(msync.Address), msync.Length, (ulong)(long)msync.Flags),
            Mlock mlock => batch.Add(HostCall.Mlock, At(mlock.Address), mlock.Length),
            Munlock munlock => batch.Add(HostCall.Munlock, At(munlock.Address), munlock.Length),
            Mlockall mlockall => batch.Add(HostCall.Mlockall, (ulong)(long)mlockall.Flags),
            Munlockall => batch.Add(HostCall.Munlockall),
            Brk brk => batch.Add(HostCall.Brk, At(brk.Address)),
            Load load => batch.Add(HostCall.Load + (ulong)BitOperations.Log2((uint)load.Width), At(load.Address)),
            Store store => batch.Add(HostCall.Store + (ulong)BitOperations.Log2((uint)store.Width), At(store.Address), store.Value),
            _ => throw new InvalidOperationException($"The host runner does not know {step}."),
        };
        bool isOpen = step is Open;
        return (result, seen) => seen with { Value = isOpen ? Math.Min(0, result.Value(request)) : result.Value(request), Fault = FaultOf(result, request) };
    }

    private static int AddOpen(Batch batch, Open open)
    {
        batch.Add(HostCall.Close, Descriptor(open.File));
        int request = batch.Add(HostCall.Open, 0, (ulong)open.Flags, (ulong)Open.Mode);
        batch.PointToText(request, 0, open.Path);
        batch.TakeResult(batch.Add(HostCall.Dup2, 0, Descriptor(open.File)), request);
        batch.TakeResult(batch.Add(HostCall.Close), request);
        return request;
    }

    private static int AddPipe(Batch batch, MakePipe pipe)
    {
        batch.Add(HostCall.Close, Descriptor(pipe.Reading));
        batch.Add(HostCall.Close, Descriptor(pipe.Writing));
        int request = batch.Add(HostCall.Pipe2, 0, (ulong)pipe.Flags);
        batch.PointToBuffer(request, 0, 2 * sizeof(int));
        batch.TakeBuffer(batch.Add(HostCall.Dup2, 0, Descriptor(pipe.Reading)), request, 0);
        batch.TakeBuffer(batch.Add(HostCall.Dup2, 0, Descriptor(pipe.Writing)), request, sizeof(int));
        batch.TakeBuffer(batch.Add(HostCall.Close), request, 0);
        batch.TakeBuffer(batch.Add(HostCall.Close), request, sizeof(int));
        return request;
    }

    private int AddVmsplice(Batch batch, Vmsplice vmsplice)
    {
        byte[] iov = new byte[16];
        BitConverter.TryWriteBytes(iov, At(vmsplice.Address));
        BitConverter.TryWriteBytes(iov.AsSpan(8), vmsplice.Length);
        int request = batch.Add(HostCall.Vmsplice, Descriptor(vmsplice.File), 0, 1, (ulong)vmsplice.Flags);
        batch.PointToBytes(request, 1, iov);
        return request;
    }

    private static Func<BatchResult, Observation, Observation> CompileBytesInPipe(Batch batch, BytesInPipe bytes)
    {
        const ulong Fionread = 0x541B;
        int request = batch.Add(HostCall.Ioctl, Descriptor(bytes.File), Fionread);
        batch.PointToBuffer(request, 2, sizeof(int));
        return (result, seen) => seen with { Value = result.Value(request) < 0 ? result.Value(request) : BitConverter.ToInt32(result.Buffer(request, sizeof(int))) };
    }

    private static int AddUnlink(Batch batch, Unlink unlink)
    {
        int request = batch.Add(HostCall.Unlink);
        batch.PointToText(request, 0, unlink.Path);
        return request;
    }

    private static Func<BatchResult, Observation, Observation> CompileContents(Batch batch, Contents contents)
    {
        int request = batch.Add(HostCall.Pread, Descriptor(contents.File), 0, Contents.MaxPages * Place.PageSize);
        batch.AppendData(request);
        return (result, seen) => seen with { Value = result.Value(request), Pages = PageContent.Of(result.Appended(request)) };
    }

    private Func<BatchResult, Observation, Observation> CompileMincore(Batch batch, Mincore mincore)
    {
        int request = batch.Add(HostCall.Mincore, At(mincore.Address), mincore.Length);
        batch.PointToBuffer(request, 2, mincore.Pages);
        return (result, seen) => seen with
        {
            Value = result.Value(request),
            Bytes = result.Value(request) == 0 ? result.Buffer(request, mincore.Pages).ToArray() : [],
        };
    }

    private Func<BatchResult, Observation, Observation> CompileDump(Batch batch)
    {
        int first = batch.Count;
        foreach (Place page in DumpPages.All)
            batch.Add(HostCall.Hash, At(page), Place.PageSize / sizeof(ulong), MemoryHash.Multiplier);
        return (result, seen) => seen with
        {
            Pages = [.. DumpPages.All.Select((page, i) => new PageContent(At(page), (ulong)result.Value(first + i), FaultOf(result, first + i)))],
        };
    }

    private static ulong Descriptor(int file) => file < 0 ? ulong.MaxValue : (ulong)(FirstDescriptor + file);

    private ulong At(Place place) => surroundings.Resolve(place);

    private static Fault FaultOf(BatchResult result, int request) => new(result.Signal(request), result.Code(request), result.Address(request));
}
