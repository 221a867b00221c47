using System.Runtime.InteropServices;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <summary>io_setup(), io_submit() and io_getevents() of a regular file, with the host's kernel as judge.</summary>
public sealed class AioJudgeTests : KernelTest
{
    private const int FileSize = 100, BufferSize = 64;

    [HostLinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_same_requests_have_the_same_results(int seed)
    {
        using var host = new HostAio();
        if (host.IsRefused)
            return;
        Kernel kernel = Boot(DriverKit.Hardware.Architecture.X8664);
        byte[] contents = [.. Enumerable.Range(0, FileSize).Select(i => (byte)i)];
        kernel.WriteFile("/tmp/aio", "");
        UserProcess process = kernel.CreateProcess("user");
        int fd = process.Open("/tmp/aio", OpenFlags.ReadWrite), readOnly = process.Open("/tmp/aio"), directory = process.Open("/tmp");
        process.Write(fd, contents);
        host.Write(contents);
        UserVirtualAddress buffer = process.Buffer(new byte[BufferSize]);
        AioContext context = process.IoSetup(4);
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            int target = random.Next(8);
            ushort opcode = (ushort)(random.Next(10) == 0 ? random.Next(4, 12) is 5 or 7 or 8 ? 4 : 9 : random.Next(2));
            ulong count = random.Next(12) switch { 0 => ulong.MaxValue, 1 => 0, _ => (ulong)random.Next(BufferSize + 1) };
            long offset = random.Next(12) switch { 0 => -1, 1 => long.MaxValue, _ => random.Next(FileSize * 2) };
            bool isBad = random.Next(12) == 0;
            byte fill = (byte)random.Next(256);
            process.StoreBytes(buffer, Enumerable.Repeat(fill, BufferSize).ToArray());
            var iocb = new Iocb(
                (IocbCommand)opcode, target switch { 0 => 99, 1 => readOnly, 2 => directory, _ => fd }, isBad ? new(ulong.MaxValue - 10) : buffer, count, offset, AioData: (ulong)round);
            long model = Submit(process, context, iocb);
            long expected = host.Submit(opcode, target, isBad, count, offset, (ulong)round, fill);
            string what = $"round {round}: opcode {opcode}, target {target}, bad {isBad}, count {count}, offset {offset}";
            Assert.True(expected == model, $"{what}: the host returns {expected}, the model {model}");
            IoEvent[] events = [.. process.IoGetevents(context, 0, 8)];
            (ulong Data, long Res)[] hostEvents = host.GetEvents();
            Assert.True(hostEvents.SequenceEqual(events.Select(each => (each.Data, each.Res))), $"{what}: the host has {string.Join(", ", hostEvents)}, the model {string.Join(", ", events)}");
            byte[] bytes = new byte[BufferSize];
            process.LoadBytes(buffer, bytes);
            Assert.Equal(host.Buffer(), bytes);
        }
    }

    [HostLinuxTheory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(65537u * 1000)]
    [InlineData(uint.MaxValue)]
    public void The_same_queues_are_refused(uint requests)
    {
        using var host = new HostAio();
        if (host.IsRefused || host.AioMaxNr > 1 << 20)
            return;
        UserProcess process = Boot(DriverKit.Hardware.Architecture.X8664).CreateProcess("user");
        long result;
        try
        {
            process.IoSetup(requests);
            result = 0;
        }
        catch (SyscallException error)
        {
            result = -error.Errno.Number;
        }

        Assert.Equal(HostAio.Setup(requests), result);
    }

    private static long Submit(UserProcess process, AioContext context, Iocb iocb)
    {
        try
        {
            return process.IoSubmit(context, iocb);
        }
        catch (SyscallException error)
        {
            return -error.Errno.Number;
        }
    }

    /// <summary>A file of the host and a queue of its kernel.</summary>
    private sealed class HostAio : IDisposable
    {
        private const long IoSetup = 206, IoDestroy = 207, IoGetevents = 208, IoSubmit = 209;
        private const int IocbSize = 64, EventSize = 32, MostEvents = 8;

        private readonly string _path = Path.GetTempFileName();
        private readonly int _fd, _readOnly, _directory;
        private readonly nint _buffer = Marshal.AllocHGlobal(BufferSize), _iocb = Marshal.AllocHGlobal(IocbSize), _events = Marshal.AllocHGlobal(EventSize * MostEvents);
        private readonly long _context;

        public HostAio()
        {
            _fd = (int)HostLibc.Open(_path, OpenFlags.ReadWrite, 0);
            _readOnly = (int)HostLibc.Open(_path, OpenFlags.ReadOnly, 0);
            _directory = (int)HostLibc.Open(Path.GetTempPath(), OpenFlags.ReadOnly, 0);
            IsRefused = Setup(4, out _context) != 0;
        }

        /// <summary>The host does not let us, or has no such calls.</summary>
        public bool IsRefused { get; }

        public long AioMaxNr => long.Parse(File.ReadAllText("/proc/sys/fs/aio-max-nr"), System.Globalization.CultureInfo.InvariantCulture);

        public static long Setup(uint requests)
        {
            long result = Setup(requests, out long context);
            if (result == 0)
                Result(syscall(IoDestroy, context, 0, 0, 0, 0));
            return result;
        }

        public void Write(byte[] bytes) => HostLibc.Write(_fd, bytes);

        public long Submit(ushort opcode, int target, bool isBad, ulong count, long offset, ulong data, byte fill)
        {
            Marshal.Copy(Enumerable.Repeat(fill, BufferSize).ToArray(), 0, _buffer, BufferSize);
            Marshal.Copy(new byte[IocbSize], 0, _iocb, IocbSize);
            Marshal.WriteInt64(_iocb, 0, (long)data);
            Marshal.WriteInt16(_iocb, 16, (short)opcode);
            Marshal.WriteInt32(_iocb, 20, target switch { 0 => 9999, 1 => _readOnly, 2 => _directory, _ => _fd });
            Marshal.WriteInt64(_iocb, 24, isBad ? -11 : _buffer);
            Marshal.WriteInt64(_iocb, 32, (long)count);
            Marshal.WriteInt64(_iocb, 40, offset);
            nint list = Marshal.AllocHGlobal(nint.Size);
            Marshal.WriteIntPtr(list, _iocb);
            long result = Result(syscall(IoSubmit, _context, 1, list, 0, 0));
            Marshal.FreeHGlobal(list);
            return result;
        }

        public (ulong Data, long Res)[] GetEvents()
        {
            nint timeout = Marshal.AllocHGlobal(16);
            Marshal.Copy(new byte[16], 0, timeout, 16);
            long count = Result(syscall(IoGetevents, _context, 0, MostEvents, _events, timeout));
            Marshal.FreeHGlobal(timeout);
            return [.. Enumerable.Range(0, (int)count).Select(i => ((ulong)Marshal.ReadInt64(_events, i * EventSize), Marshal.ReadInt64(_events, i * EventSize + 16)))];
        }

        public byte[] Buffer()
        {
            byte[] bytes = new byte[BufferSize];
            Marshal.Copy(_buffer, bytes, 0, BufferSize);
            return bytes;
        }

        public void Dispose()
        {
            if (!IsRefused)
                Result(syscall(IoDestroy, _context, 0, 0, 0, 0));
            HostLibc.Close(_fd);
            HostLibc.Close(_readOnly);
            HostLibc.Close(_directory);
            File.Delete(_path);
            Marshal.FreeHGlobal(_buffer);
            Marshal.FreeHGlobal(_iocb);
            Marshal.FreeHGlobal(_events);
        }

        private static long Setup(uint requests, out long context)
        {
            nint place = Marshal.AllocHGlobal(sizeof(long));
            Marshal.WriteInt64(place, 0);
            long result = Result(syscall(IoSetup, requests, place, 0, 0, 0));
            context = Marshal.ReadInt64(place);
            Marshal.FreeHGlobal(place);
            return result;
        }

        private static long Result(long value) => value == -1 ? -Marshal.GetLastPInvokeError() : value;

        [DllImport("libc", SetLastError = true)]
        private static extern long syscall(long number, long a, long b, long c, long d, long e);
    }
}
