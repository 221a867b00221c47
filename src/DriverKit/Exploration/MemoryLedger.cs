using DriverKit.Contracts;
using DriverKit.Memory.Kernel;
using DriverKit.Processes;

namespace DriverKit.Exploration;

/// <summary>What memory a machine had before a scenario, and whether it has it again.</summary>
internal sealed class MemoryLedger(Kernel kernel)
{
    private readonly ulong _freePages = kernel.Memory.PageAllocator.FreePageCount;
    private readonly int _objects = Objects(kernel);

    /// <summary>Ends the processes, unloads the modules, and compares.</summary>
    /// <returns>What is lost; null: nothing.</returns>
    public string? Close()
    {
        // The youngest first: a parent may wait for it in vfork().
        foreach (UserProcess process in kernel.Processes.Reverse().ToArray())
            process.Exit();
        foreach (KernelModule module in kernel.Modules.Reverse().ToArray())
            kernel.RemoveModule(module);
        kernel.Run();
        if (Missing == 0 && Objects(kernel) == _objects)
            return null;
        EmptyCaches();
        var lost = new List<string>();
        if (Missing != 0)
            lost.Add($"{Missing} pages");
        lost.AddRange(kernel.Slab.Caches.Where(cache => cache.ActiveObjects != 0 && Objects(kernel) != _objects).Select(cache => $"{cache.ActiveObjects} objects of {cache.Name}"));
        return lost.Count == 0 ? null : $"Memory is lost after all processes have ended and all modules are unloaded: {string.Join(", ", lost)}.\n{kernel.ReadFile("/proc/vmallocinfo")}".TrimEnd();
    }

    /// <summary>Page tables for vmalloc stay for the next one, as on Linux.</summary>
    private long Missing => (long)(_freePages - kernel.Memory.PageAllocator.FreePageCount - kernel.KernelTables.TablesSinceBoot);

    /// <summary>Files and empty slabs are no leak: they go when memory is short.</summary>
    private void EmptyCaches()
    {
        UserProcess sync = kernel.CreateProcess("sync");
        sync.Sync();
        sync.Exit();
        kernel.WriteFile("/proc/sys/vm/drop_caches", "1");
        foreach (KmemCache cache in kernel.Slab.Caches)
            kernel.Slab.Shrink(cache);
    }

    private static int Objects(Kernel kernel)
    {
        int objects = 0;
        foreach (KmemCache cache in kernel.Slab.Caches)
            objects += cache.ActiveObjects;
        return objects;
    }
}
