using System.Diagnostics;
using System.Reflection;
using DriverKit.Contracts;
using DriverKit.Memory.Kernel;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>What the code of loaded modules has allocated and not given back, with the line that did (<c>KernelOptions.TrackModuleMemory</c>).</summary>
/// <remarks>Source: mm/kmemleak.c keeps such a list for all of the kernel; Windows' Driver Verifier stops the machine when a driver unloads and leaves some of its own behind.
/// An allocation belongs to the assembly of the nearest code that is not the kit's, and so to the modules that are loaded from it.</remarks>
internal sealed class ModuleMemory(Func<IReadOnlyList<KernelModule>> modules)
{
    private static readonly Assembly Kit = typeof(ModuleMemory).Assembly;

    private readonly Dictionary<object, Allocation> _live = [];
    private long _count;

    /// <summary>Memory with an address of its own; address 0 is a failure, and nothing.</summary>
    public void Took(Allocator allocator, string function, ulong address, ulong bytes)
    {
        if (address != 0)
            Add((allocator, address), function, $"{bytes} bytes", static () => true);
    }

    /// <summary>Pages are gone with their last reference, whoever drops it.</summary>
    public void Took(string function, Page? page, int order)
    {
        if (page is null)
            return;
        uint allocation = page.Allocations;
        Add(page, function, order == 0 ? "a page" : $"{1 << order} pages", () => page.Count > 0 && page.Allocations == allocation);
    }

    public void Took(KmemCache? cache)
    {
        if (cache is not null)
            Add(cache, "kmem_cache_create", $"the cache {cache.Name}", () => !cache.IsDestroyed);
    }

    /// <summary>What the allocator had at the address has been given back.</summary>
    public void Gave(Allocator allocator, ulong address) => _live.Remove((allocator, address));

    /// <summary>A module begins: nothing that one of its assembly has left behind, and could not be asked for because it died, is its own.</summary>
    public void Begin(KernelModule module) => TakeAll(module.GetType().Assembly);

    /// <summary>The module is gone, or was never there because its Init has failed: then nothing of it may be left, unless another module of its assembly is still loaded.</summary>
    /// <exception cref="KernelOopsException">DK3013, or DK8003 after a failed Init: something is left. The report lists it; it is not reported again.</exception>
    public void Check(KernelModule module, string name)
    {
        Allocation[] left = [.. TakeAll(module.GetType().Assembly).Where(allocation => allocation.IsLive())];
        if (left.Length == 0)
            return;
        IEnumerable<string> lines = left.OrderBy(allocation => allocation.Number).GroupBy(allocation => allocation.Text).Select(same => same.Count() == 1 ? same.Key : $"{same.Count()} times: {same.Key}");
        string list = string.Join('\n', lines.Select(line => "  " + line));
        throw module.HasFailed
            ? new KernelOopsException($"BUG: Init of module {name} has failed and leaves memory behind. Give back what was allocated before returning an error:\n{list}", KernelRule.InitUnwindMissing)
            : new KernelOopsException($"BUG: module {name} is gone and leaves memory behind. Give back in Exit, or before, what its code has allocated:\n{list}", KernelRule.LeakedAtUnload);
    }

    /// <summary>Takes what belongs to an assembly off the list; nothing while a module of it is loaded.</summary>
    private List<Allocation> TakeAll(Assembly assembly)
    {
        var taken = new List<Allocation>();
        if (IsLoaded(assembly))
            return taken;
        foreach ((object key, Allocation allocation) in _live.Where(entry => entry.Value.Owner == assembly).ToArray())
        {
            _live.Remove(key);
            taken.Add(allocation);
        }

        return taken;
    }

    private bool IsLoaded(Assembly assembly) => modules().Any(module => module.GetType().Assembly == assembly);

    private void Add(object key, string function, string what, Func<bool> isLive)
    {
        if (CodeOfModule() is not { } frame || frame.GetMethod()?.DeclaringType is not { } type)
            return;
        string place = frame.GetFileName() is { } file ? $"{file}:{frame.GetFileLineNumber()}" : type.FullName ?? type.Name;
        _live[key] = new(type.Assembly, $"{function}: {what}, at {place}", isLive, _count++);
    }

    /// <summary>Where a loaded module's code has called the kit; null when it is the host that runs kernel code, or nobody's module.</summary>
    private StackFrame? CodeOfModule()
    {
        StackFrame[] frames = new StackTrace(fNeedFileInfo: false).GetFrames();
        int index = Array.FindIndex(frames, static frame => AssemblyOf(frame) is { } assembly && assembly != Kit && assembly != typeof(object).Assembly);
        if (index < 0 || AssemblyOf(frames[index]) is not { } owner || !IsLoaded(owner))
            return null;
        bool isHost = frames.Any(static frame => frame.GetMethod() is { Name: nameof(ModuleLoader.RunForHost) } method && method.DeclaringType == typeof(ModuleLoader));
        return isHost ? null : new StackFrame(index, needFileInfo: true);
    }

    private static Assembly? AssemblyOf(StackFrame frame) => frame.GetMethod()?.DeclaringType?.Assembly;

    private sealed record Allocation(Assembly Owner, string Text, Func<bool> IsLive, long Number);
}
