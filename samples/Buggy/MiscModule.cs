namespace Samples.Buggy;

/// <summary>What the drivers here have in common: a node in /dev that has the module's name.</summary>
public abstract class MiscModule : KernelModule
{
    private MiscDevice? _misc;

    /// <summary>What the node does.</summary>
    protected abstract FileOperations Operations { get; }

    public override KernelResult Init()
    {
        _misc = new() { Name = Name, Fops = Operations };
        return MiscRegister(_misc);
    }

    public override void Exit()
    {
        if (_misc is not null)
            MiscDeregister(_misc);
    }
}
