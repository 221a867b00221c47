using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers;

/// <summary>How the engine's own loops are compiled. A build is over before the runtime has seen often enough what is called often: without this most of the lint runs as code that is not optimised, and counts
/// its calls besides. The compiler's own assemblies come compiled; an analyzer does not.</summary>
/// <remarks>Source: <c>MethodImplOptions.AggressiveOptimization</c>, which netstandard2.0 has no name for yet; a runtime that does not know it ignores it. For methods that an ordinary build calls thousands of times:
/// it costs a short build the time to optimise them.</remarks>
internal static class Jit
{
    public const MethodImplOptions AtOnce = (MethodImplOptions)512;
}
