namespace DriverKit.Tests.Support;

/// <summary>A driver whose operations a test writes in place; its node is /dev/test.</summary>
internal sealed class TestDriver(FileOperations operations) : KernelModule
{
    private MiscDevice _device = null!;

    public const string Node = "/dev/test";

    public override KernelResult Init()
    {
        _device = new MiscDevice
        {
            Name = "test",
            Fops = new FileOperations
            {
                Owner = this,
                Open = operations.Open,
                Release = operations.Release,
                Read = operations.Read,
                Write = operations.Write,
                AioRead = operations.AioRead,
                AioWrite = operations.AioWrite,
                Llseek = operations.Llseek,
                Poll = operations.Poll,
                Fasync = operations.Fasync,
                SpliceRead = operations.SpliceRead,
                SpliceWrite = operations.SpliceWrite,
                Ioctl = operations.Ioctl,
                UnlockedIoctl = operations.UnlockedIoctl,
                Flush = operations.Flush,
                GetUnmappedArea = operations.GetUnmappedArea,
                Mmap = operations.Mmap,
                Fsync = operations.Fsync,
            },
        };
        return MiscRegister(_device);
    }

    public override void Exit() => MiscDeregister(_device);

    /// <summary>Loads the driver and opens its node for reading and writing.</summary>
    public static (UserProcess Process, int Fd) Open(Kernel kernel, FileOperations operations)
    {
        kernel.InsertModule(new TestDriver(operations));
        UserProcess process = kernel.CreateProcess("user");
        return (process, process.Open(Node, OpenFlags.ReadWrite));
    }
}
