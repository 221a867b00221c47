using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>Calls into code that goes away with its module.</summary>
internal static class ModuleCode
{
    /// <summary>Gives an opening file the driver's operations and calls its open; the module is held from before that until the release (<c>fops_get</c>, <c>try_module_get</c>).</summary>
    /// <param name="inode">The node.</param>
    /// <param name="filp">The opening.</param>
    /// <param name="operations">The driver's operations.</param>
    /// <param name="owner">The module; null: the kernel itself.</param>
    /// <param name="gone">What the opening fails with while the module's Exit runs.</param>
    /// <returns>What the driver's open returns; 0 without one.</returns>
    /// <exception cref="KernelOopsException">The module is unloaded.</exception>
    public static KernelResult Open(Inode inode, OpenFile filp, FileOperations operations, KernelModule? owner, Errno gone)
    {
        Check(owner);
        if (owner is { IsGoing: true })
            return -gone;
        filp.FOp = operations;
        if (owner is not null)
            owner.RefCount++;
        bool opened = false;
        try
        {
            KernelResult result = operations.Open?.Invoke(inode, filp) ?? 0;
            opened = !result.IsError;
            if (opened && owner is not null)
                filp.Module = owner;
            return result;
        }
        finally
        {
            if (!opened && owner is not null)
                owner.RefCount--;
        }
    }

    /// <summary>The module's code is still there.</summary>
    /// <exception cref="KernelOopsException">It is unloaded.</exception>
    public static void Check(KernelModule? owner)
    {
        if (owner is { IsUnloaded: true })
        {
            throw owner.HasFailed
                ? new KernelOopsException(
                    $"Unable to handle kernel paging request: the code of module {owner.Name} is gone; its Init has failed and left the device behind. Take back what was registered before returning an error",
                    KernelRule.InitUnwindMissing)
                : new KernelOopsException(
                    $"Unable to handle kernel paging request: the code of module {owner.Name} is gone; its Exit left the device behind. Take back in Exit what Init registers",
                    KernelRule.NotUnregistered);
        }
    }
}
