using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <summary><c>init_module</c> and <c>delete_module</c>: what insmod and rmmod call.</summary>
internal sealed class ModuleLoader(ProcessTable processes, ModuleDirectories directories)
{
    private readonly List<(KernelModule Module, string Name)> _modules = [];

    /// <summary>Who remembers what they allocate; null for nobody.</summary>
    public ModuleMemory? Memory { get; set; }

    /// <summary>Modules that are loaded, oldest first.</summary>
    public IReadOnlyList<KernelModule> Modules => [.. _modules.Select(loaded => loaded.Module)];

    /// <summary>Their names, as they were when the modules were loaded.</summary>
    public IEnumerable<string> Names => _modules.Select(loaded => loaded.Name);

    /// <summary>Loads a module: sets its parameters, and calls its Init in a task named insmod.</summary>
    /// <exception cref="SyscallException">EEXIST when it is loaded already, ENOENT, EINVAL or ENOSPC for its arguments, or what Init returns.</exception>
    /// <exception cref="KernelOopsException">Init has a bug; the module is not loaded, and what it registered stays, as on a real kernel. Or it has failed, and has left memory behind (<see cref="ModuleMemory"/>).</exception>
    public void Insert(KernelModule module, string arguments)
    {
        string name = module.GetType().Name;
        KernelResult result = Run("insmod", () =>
        {
            name = module.Name;
            if (Names.Contains(name))
                return -Errno.EEXIST;
            module.IsUnloaded = module.IsGoing = module.HasFailed = false;
            return Load(module, name, arguments);
        });
        if (!result.IsError)
            return;
        if (module.HasFailed)
            CheckMemory("insmod", module, name);
        throw new SyscallException($"init_module({name})", result.Errno);
    }

    /// <summary><c>load_module</c>: its name is taken and its directory in /sys is there before Init runs; both go if that fails.</summary>
    private KernelResult Load(KernelModule module, string name, string arguments)
    {
        ModuleParameter[] parameters = ModuleParameter.Of(module, processes.Log);
        if (ModuleArguments.Apply(name, arguments, parameters, processes.Log) is { IsError: true } badArguments)
            return badArguments;
        Memory?.Begin(module);
        _modules.Add((module, name));
        directories.Add(module, name, parameters);
        bool isLoaded = false;
        try
        {
            KernelResult result = module.Init();
            isLoaded = result.IsSuccess;
            module.IsUnloaded = module.HasFailed = !isLoaded;
            return result;
        }
        finally
        {
            if (!isLoaded)
            {
                directories.Remove(name);
                _modules.Remove((module, name));
            }
        }
    }

    /// <summary>Unloads a module: calls its Exit in a task named rmmod.</summary>
    /// <exception cref="SyscallException">ENOENT when it is not loaded, EAGAIN while its files are open, EBUSY while its Exit runs.</exception>
    /// <exception cref="KernelOopsException">Exit has a bug; or the module is gone, and has left memory behind (<see cref="ModuleMemory"/>).</exception>
    public void Remove(KernelModule module)
    {
        int index = _modules.FindIndex(loaded => loaded.Module == module);
        if (index < 0)
            throw new SyscallException($"delete_module({module.GetType().Name})", Errno.ENOENT);
        if (module.IsGoing)
            throw new SyscallException($"delete_module({_modules[index].Name})", Errno.EBUSY);
        if (module.RefCount > 0)
            throw new SyscallException($"delete_module({_modules[index].Name})", Errno.EAGAIN);
        string name = _modules[index].Name;
        module.IsGoing = true;
        try
        {
            Run("rmmod", () =>
            {
                module.Exit();
                return 0;
            });
        }
        finally
        {
            _modules.Remove((module, name));
        }

        module.IsUnloaded = true;
        directories.Remove(name);
        CheckMemory("rmmod", module, name);
    }

    private void CheckMemory(string comm, KernelModule module, string name)
    {
        if (Memory is not { } memory)
            return;
        Run(comm, () =>
        {
            memory.Check(module, name);
            return 0;
        });
    }

    /// <summary>Runs kernel code of the host's own: what it allocates is no module's.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void RunForHost(Action code) => Run("kthread", () =>
    {
        code();
        return 0;
    });

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
            catch (Exception exception) when (exception is not FiberAbortedException)
            {
                throw processes.Oops(exception, task, null);
            }
        }
    }
}
