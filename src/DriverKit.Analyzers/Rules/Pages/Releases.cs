using DriverKit.Analyzers.Flow;

namespace DriverKit.Analyzers.Rules.Pages;

/// <summary>What messages say of allocators.</summary>
internal static class Releases
{
    /// <summary>True for memory and what is an object of its own: not for what is only registered under a number or a name.</summary>
    public static bool IsMemory(string allocator) =>
        allocator is "Kmalloc" or "Pages" or "Vmalloc" or "SlabObject" or "SlabCache" or "Ioremap" or "IoportMap" or "Workqueue";

    /// <summary>The function that gives back what the allocator made.</summary>
    public static string FunctionFor(string allocator) => allocator switch
    {
        "Kmalloc" => "Kfree",
        "Pages" => "FreePages",
        "Vmalloc" => "Vfree",
        "SlabObject" => "KmemCacheFree",
        "SlabCache" => "KmemCacheDestroy",
        "Ioremap" => "Iounmap",
        "IoportMap" => "IoportUnmap",
        "Workqueue" => "DestroyWorkqueue",
        "Kmap" => "Kunmap",
        _ => "its release function",
    };

    /// <summary>True when the path ends with the value in other hands: returned, in an out parameter, in a field.</summary>
    public static bool IsLeftBehind(ExitSite exit, Sym name)
    {
        foreach (var entry in exit.State.Store)
        {
            if (entry.Key.Outlives(exit.Body.Symbol) && entry.Value.Id is not (Sym.Compare or Sym.Not or Sym.And) && entry.Value.Id.Contains(name))
                return true;
        }

        return false;
    }
}
