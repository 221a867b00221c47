using DriverKit.Conformance.Programs;
using static DriverKit.Conformance.Programs.Place;
using static DriverKit.Conformance.Tests.Agreement;

namespace DriverKit.Conformance.Tests;

/// <summary>Pipes, splice, tee and vmsplice do the same as the host's.</summary>
public sealed class PipeTests
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags FixedPrivate = MapFlags.Private | MapFlags.Fixed;

    /// <summary>A file of 5000 bytes with a mark in each page, memory, two pipes, and the devices.</summary>
    private static readonly Step[] Start =
    [
        new Open(0, "/dev/zero"),
        new Open(3, "/dev/null"),
        new Mmap(Window, 0x4000, ReadWrite, FixedPrivate | MapFlags.Anonymous),
        new Store(Window + 0x10, 0x1111),
        new Store(Window + 0x1010, 0x2222),
        new Open(1, "a", OpenFlags.ReadWrite | OpenFlags.Create),
        new Write(1, Window, 5000),
        new MakePipe(10, 11),
        new MakePipe(12, 13),
    ];

    [HostFact]
    public void Room_and_order() => AgreeFromStart(
        new Write(11, Window, 100),
        new Write(11, Window, 0x2000),
        new BytesInPipe(10),
        new Write(11, Window, 200),
        new Write(11, Window, 0x4000),
        new Write(11, Window, 0x4000),
        new Write(11, Window, 0x4000),
        new Write(11, Window, 1),
        new Read(10, Window + 0x2000, 50),
        new Write(11, Window, 1),
        new Read(10, Window + 0x2000, 0x2000),
        new Write(11, Window, 0x3001),
        new BytesInPipe(11),
        new Dump());

    [HostFact]
    public void Packets() => AgreeFromStart(
        new MakePipe(14, 15, OpenFlags.NonBlock | OpenFlags.Direct),
        new Write(15, Window + 0x10, 8),
        new Write(15, Window + 0x10, 5000),
        new Read(14, Window + 0x2000, 4),
        new Tee(14, 13, 5000),
        new Read(14, Window + 0x2000, 0x2000),
        new Read(14, Window + 0x2000, 0x2000),
        new Read(12, Window + 0x3000, 0x1000),
        new Dump());

    [HostFact]
    public void Ends_that_are_closed() => AgreeFromStart(
        new Write(11, Window, 8),
        new Close(11),
        new Splice(10, Absolute, 13, Absolute, 100),
        new Splice(10, Absolute, 13, Absolute, 100),
        new Read(10, Window, 1),
        new Tee(10, 13, 1),
        new Vmsplice(10, Window, 8),
        new Close(12),
        new Write(13, Window, 1),
        new Write(13, Window, 0),
        new Vmsplice(13, Window, 8),
        new Splice(1, Absolute, 13, Absolute, 8),
        new Splice(0, Absolute, 13, Absolute, 8));

    [HostFact]
    public void Files_and_devices() => AgreeFromStart(
        new Store(Window + 0x1ff0, 3),
        new Splice(1, Window + 0x1ff0, 11, Absolute, 0x2000),
        new Load(Window + 0x1ff0),
        new Pwrite(1, Window + 0x10, 8, 0x20),
        new Splice(0, Absolute, 11, Absolute, 0x1800),
        new Splice(3, Absolute, 11, Absolute, 1),
        new Tee(10, 13, 100),
        new Splice(10, Absolute, 1, Window + 0x1ff0, 0x1100),
        new Splice(12, Absolute, 3, Absolute, 50),
        new Splice(12, Absolute, 0, Absolute, 5000),
        new Contents(1),
        new Open(2, "a", OpenFlags.WriteOnly | OpenFlags.Append),
        new Splice(10, Absolute, 2, Absolute, 8),
        new Splice(1, Absolute, 2, Absolute, 8),
        new Splice(10, Window, 1, Absolute, 8),
        new Splice(1, Absolute, 11, Window, 8),
        new Splice(10, Absolute, 11, Absolute, 8),
        new Ftruncate(1, 0x10),
        new Read(10, Window + 0x2000, 0x1000),
        new Dump());

    [HostFact]
    public void Memory_in_a_pipe_shows_what_is_stored_to_it() => AgreeFromStart(
        new Vmsplice(11, Window, 0x2000),
        new Store(Window + 0x18, 7),
        new Fork(new Store(Window + 0x20, 8), new Dump()),
        new Store(Window + 0x1020, 9),
        new Munmap(Window + 0x1000, 0x1000),
        new Read(10, Window + 0x2000, 0x2000),
        new Dump());

    [HostFact]
    public void Vmsplice_takes_what_is_there_and_grows_no_stack() => AgreeFromStart(
        new Vmsplice(11, Stack - 0x1e000, 0x1000),
        new Mmap(Window + 0x8000, 0x3000, Protection.Write, FixedPrivate, 1),
        new Vmsplice(11, Window + 0x8000, 1),
        new Store(Window + 0x8000, 1),
        new Vmsplice(11, Window + 0x8000, 0x2000),
        new Mprotect(Window + 0x8000, 0x1000, Protection.None),
        new Vmsplice(11, Window + 0x8000, 1),
        new BytesInPipe(10));

    private static void AgreeFromStart(params Step[] steps) => Agree([.. Start, .. steps]);
}
