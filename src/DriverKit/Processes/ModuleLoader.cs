using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <summary><c>init_module</c> and <c>delete_module</c>: what insmod and rmmod call.</summary>
internal sealed class ModuleLoader(ProcessTable processes)
{
    private readonly List<KernelModule> _modules = [];

    /// <summary>Modules that are loaded, oldest first.</summary>
    public IReadOnlyList<KernelModule> Modules => _modules;

    /// <summary>Loads a module: calls its Init in a task named insmod.</summary>
    /// <exception cref="SyscallException">EEXIST when it is loaded already, or what Init returns.</exception>
    /// <exception cref="KernelOopsException">Init has a bug; the module is not loaded, and what it registered stays, as on a real kernel.</exception>
    public void Insert(KernelModule module)
    {
        string call = $"init_module({module.Name})";
        if (_modules.Exists(loaded => loaded.Name == module.Name))
            throw new SyscallException(call, Errno.EEXIST);
        KernelResult result = Run("insmod", module.Init);
        if (result.IsError)
            throw new SyscallException(call, result.Errno);
        _modules.Add(module);
    }

    /// <summary>Unloads a module: calls its Exit in a task named rmmod.</summary>
    /// <exception cref="SyscallException">ENOENT when it is not loaded, EAGAIN while its files are open.</exception>
    /// <exception cref="KernelOopsException">Exit has a bug.</exception>
    public void Remove(KernelModule module)
    {
        string call = $"delete_module({module.Name})";
        if (!_modules.Contains(module))
            throw new SyscallException(call, Errno.ENOENT);
        if (module.RefCount > 0)
            throw new SyscallException(call, Errno.EAGAIN);
        _modules.Remove(module);
        Run("rmmod", () =>
        {
            module.Exit();
            return 0;
        });
    }

    /// <summary>Runs kernel code for a task of the kernel.</summary>
    public KernelResult Run(string comm, Func<KernelResult> code)
    {
        TaskStruct task = processes.NewTask(comm);
        using (processes.Context.Enter(task))
        {
            try
            {
                KernelResult result = code();
                processes.CheckReturnToUser();
                return result;
            }
            catch (Exception exception)
            {
                throw processes.Oops(exception, task, null);
            }
        }
    }
}
