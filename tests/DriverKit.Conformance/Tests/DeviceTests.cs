using DriverKit.Conformance.Programs;
using static DriverKit.Conformance.Programs.Place;
using static DriverKit.Conformance.Tests.Agreement;

namespace DriverKit.Conformance.Tests;

/// <summary>The devices every system has do the same as the host's.</summary>
public sealed class DeviceTests
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const ulong Huge = 0x7fff_ffff_0000;

    private static readonly Mmap Memory = new(Window, 0x4000, ReadWrite, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);

    [HostTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void Read_write_and_seek(string device) => Agree(
        new Open(0, device),
        Memory,
        new Store(Window + 0x100, 0x1122334455667788),
        new Read(0, Window + 0x104, 2),
        new Load(Window + 0x100),
        new Write(0, Window, 0x2000),
        new Write(0, Window, 0),
        new Read(0, Window, 0),
        new Read(0, Window + 0xffe, 0x1004),
        new Lseek(0, 12345),
        new Lseek(0, -5, SeekWhence.Current),
        new Lseek(0, 7, SeekWhence.End),
        new Lseek(0, 7, (SeekWhence)77),
        new Close(0),
        new Close(0),
        new Read(0, Window, 1),
        new Write(0, Window, 1),
        new Lseek(0, 0),
        new Dump());

    [HostTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void Bad_buffers(string device) => Agree(
        new Open(0, device),
        Memory,
        new Mprotect(Window + 0x2000, 0x1000, Protection.Read),
        new Read(0, Window + 0x3ff0, 0x20),
        new Read(0, Window + 0x1ff0, 0x20),
        new Read(0, Window + 0x2000, 1),
        new Read(0, Window + 0x8000, 1),
        new Read(0, Window + 0x8000, 0),
        new Read(0, Window - 0x8, 0x10),
        new Write(0, Window + 0x8000, 0x10),
        new Write(0, Window + 0x3ff0, 0x20),
        new Read(0, Absolute - 1, 1),
        new Read(0, Window, Huge),
        new Write(0, Absolute - 0x1000, 8),
        new Write(0, Window, ulong.MaxValue),
        new Read(0, Window, 1ul << 63),
        new Dump());

    [HostTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void What_it_was_not_opened_for(string device) => Agree(
        Memory,
        new Open(0, device, OpenFlags.ReadOnly),
        new Write(0, Window, 1),
        new Read(0, Window, 1),
        new Mmap(default, 0x1000, ReadWrite, MapFlags.Shared, 0),
        new Open(0, device, OpenFlags.WriteOnly),
        new Write(0, Window, 1),
        new Read(0, Window, 1),
        new Mmap(default, 0x1000, Protection.Read, MapFlags.Private, 0),
        new Mmap(default, 0x1000, Protection.Write, MapFlags.Shared, 0),
        new Open(0, device, OpenFlags.AccessMode),
        new Write(0, Window, 1),
        new Read(0, Window, 1),
        new Mmap(default, 0x1000, Protection.Read, MapFlags.Private, 0));

    [HostTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void Private_maps(string device) => Agree(
        new Open(0, device),
        new Mmap(Window, 0x3000, ReadWrite, MapFlags.Private | MapFlags.Fixed, 0),
        new Close(0),
        new Load(Window),
        new Store(Window + 0x1008, 99),
        new Mincore(Window, 0x3000),
        new Mprotect(Window + 0x1000, 0x1000, Protection.Read),
        new Fork(new Store(Window + 0x1008, 5), new Store(Window, 5), new Dump()),
        new Mprotect(Window + 0x1000, 0x1000, ReadWrite),
        new Store(Window + 0x2fff, 1, 1),
        new Store(Window + 0x2fff, 1),
        new Munmap(Window + 0x1000, 0x1000),
        new Dump());

    [HostTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void Shared_maps(string device) => Agree(
        new Open(0, device),
        new Mmap(Window, 0x3000, ReadWrite, MapFlags.Shared | MapFlags.Fixed, 0, Offset: 0x5000),
        new Mmap(Window + 0x3000, 0x1000, ReadWrite, MapFlags.Shared | MapFlags.Fixed, 0, Offset: 0x8000),
        new Store(Window + 0x1008, 99),
        new Fork(new Store(Window + 0x1010, 5), new Dump()),
        new Load(Window + 0x1010),
        new Mincore(Window, 0x4000),
        new Munmap(Window + 0x1000, 0x1000),
        new Dump());

    [HostTheory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/full")]
    public void Shared_maps_of_a_file_open_for_reading_only(string device) => Agree(
        new Open(0, device, OpenFlags.ReadOnly),
        new Mmap(Window, 0x2000, Protection.Read, MapFlags.Shared | MapFlags.Fixed, 0),
        new Load(Window),
        new Store(Window, 1),
        new Mprotect(Window, 0x1000, ReadWrite),
        new Mincore(Window, 0x2000),
        new Dump());
}
