namespace DriverKit.Tests.Support;

/// <summary>A module with files in /proc that a test writes in place.</summary>
internal sealed class ProcModule(Action init, Action exit) : KernelModule
{
    public override string Name => "procmod";

    public override KernelResult Init()
    {
        init();
        return 0;
    }

    public override void Exit() => exit();

    /// <summary>A module that makes /proc/NAME a sequence file.</summary>
    public static ProcModule Sequence(string name, SeqOperations operations, Action<OpenFile>? opened = null) => new(
        () => CreateProcEntry(name, 0, null)!.ProcFops = new FileOperations
        {
            Open = (_, filp) =>
            {
                KernelResult result = SeqOpen(filp, operations);
                opened?.Invoke(filp);
                return result;
            },
            Read = SeqRead,
            Llseek = SeqLseek,
            Release = SeqRelease,
        },
        () => RemoveProcEntry(name, null));
}
