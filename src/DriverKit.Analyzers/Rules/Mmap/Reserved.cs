using System.Linq;
using DriverKit.Analyzers.Summaries;

namespace DriverKit.Analyzers.Rules.Mmap;

/// <summary>Drivers that manage their pages themselves.</summary>
internal static class Reserved
{
    /// <summary>True when the driver sets PG_reserved somewhere; for which pages is not followed.</summary>
    public static bool IsUsedIn(FlowEngine engine) => engine.Gate.MembersUsing("SetPageReserved").Any();
}
