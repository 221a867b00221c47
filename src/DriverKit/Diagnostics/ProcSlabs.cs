using System.Text;
using DriverKit.Memory.Kernel;

namespace DriverKit.Diagnostics;

/// <summary>The text of /proc/slabinfo, and what <c>vmstat -m</c> makes of it.</summary>
/// <remarks>Source: slabinfo(5), version 2.1; vmstat(8). There are no per-processor arrays in the model, so the tunables are zero.</remarks>
internal static class ProcSlabs
{
    /// <summary>A line a cache: objects, their size, slabs.</summary>
    public static string FormatSlabinfo(SlabAllocator slab)
    {
        var text = new StringBuilder(
            "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor>"
            + " : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
        foreach (KmemCache cache in slab.Caches)
        {
            text.Append($"{cache.Name,-17} {cache.ActiveObjects,6} {TotalObjects(cache),6} {cache.Stride,6} {cache.ObjectsPerSlab,4} {1 << cache.SlabOrder,4}");
            text.Append($" : tunables {0,4} {0,4} {0,4} : slabdata {cache.Slabs - cache.Partial.Count(each => each.IsEmpty),6} {cache.Slabs,6} {0,6}\n");
        }

        return text.ToString();
    }

    /// <summary>A line a cache: objects in use, objects in all, their size, and how many a slab has.</summary>
    public static string FormatVmstat(SlabAllocator slab)
    {
        var text = new StringBuilder($"{"Cache",-24} {"Num",6} {"Total",6} {"Size",6} {"Pages",6}\n");
        foreach (KmemCache cache in slab.Caches)
        {
            string name = cache.Name.Length > 24 ? cache.Name[..24] : cache.Name;
            text.Append($"{name,-24} {cache.ActiveObjects,6} {TotalObjects(cache),6} {cache.Stride,6} {cache.ObjectsPerSlab,6}\n");
        }

        return text.ToString();
    }

    private static int TotalObjects(KmemCache cache) => cache.Slabs * cache.ObjectsPerSlab;
}
