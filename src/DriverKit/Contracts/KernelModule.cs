using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary>A loadable module: <c>insmod</c> calls <see cref="Init"/>, <c>rmmod</c> calls <see cref="Exit"/> (<c>linux/module.h</c>).</summary>
public abstract class KernelModule
{
    /// <summary>The module's name; the class name in lower case without "Module" unless overridden.</summary>
    public virtual string Name
    {
        get
        {
            string name = GetType().Name;
            return (name.EndsWith("Module", StringComparison.Ordinal) && name.Length > 6 ? name[..^6] : name).ToLowerInvariant();
        }
    }

    /// <summary><c>module_refcount</c>: open files that keep the module loaded.</summary>
    public int RefCount { get; internal set; }

    /// <summary><c>MODULE_STATE_GOING</c>: Exit runs; nobody may start to use the module any more.</summary>
    internal bool IsGoing { get; set; }

    /// <summary>True after rmmod: whoever still calls the module's code calls memory that is gone.</summary>
    internal bool IsUnloaded { get; set; }

    /// <summary>Init has failed: the module was never there, but for what Init has left behind.</summary>
    internal bool HasFailed { get; set; }

    /// <summary><c>module_init</c>: registers the driver. Process context; may sleep.</summary>
    /// <returns>0, or a negated errno: then the module is not loaded and must have undone what it did.</returns>
    [CalledIn(CallContext.Process)]
    public abstract KernelResult Init();

    /// <summary><c>module_exit</c>: takes back everything Init did. Process context; may sleep.</summary>
    [CalledIn(CallContext.Process)]
    public virtual void Exit()
    {
    }
}
