namespace Samples.Buggy;

/// <summary>Keeps every line that is written to it, also when it goes. A compiler does not see what a list holds: only the running kernel finds this one.</summary>
public sealed class JournalModule : MiscModule
{
    private readonly List<KernelLogicalAddress> _lines = [];

    protected override FileOperations Operations => new() { Owner = this, Write = Append };

    public override void Exit()
    {
        base.Exit();
        _lines.Clear();
    }

    private KernelResult Append(OpenFile filp, UserVirtualAddress from, ulong count, ref long offset)
    {
        ulong size = Math.Min(count, 128);
        KernelLogicalAddress line = Kzalloc(128, GfpFlags.Kernel); // DK3013
        if (line.IsNull)
            return -ENOMEM;
        if (CopyFromUser(line, from, size) != 0)
        {
            Kfree(line);
            return -EFAULT;
        }

        _lines.Add(line);
        return size;
    }
}
