using System.Runtime.InteropServices;

namespace DriverKit.Conformance;

/// <summary>A test that needs a real Linux on x86-64 beside the model; elsewhere it skips and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostFactAttribute : FactAttribute
{
    public HostFactAttribute() => Skip = HostSystem.WhyNot;
}

/// <summary>As <see cref="HostFactAttribute"/>, with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class HostTheoryAttribute : TheoryAttribute
{
    public HostTheoryAttribute() => Skip = HostSystem.WhyNot;
}

/// <summary>A test that runs only when the environment says for how long.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LongRunFactAttribute : FactAttribute
{
    public LongRunFactAttribute() => Skip = HostSystem.WhyNot ?? (Length is null ? "Set DRIVERKIT_CONFORMANCE to 30m or to a number of programs for a long run." : null);

    /// <summary>Minutes with an m behind, or programs; null for no long run.</summary>
    public static string? Length { get; } = Environment.GetEnvironmentVariable("DRIVERKIT_CONFORMANCE") is { Length: > 0 } length ? length : null;
}

/// <summary>Can the system the tests run on be the judge?</summary>
internal static class HostSystem
{
    /// <summary>The first kernel whose maps the model's are like: mremap moves several areas, areas merge by their anon_vma.</summary>
    private static readonly Version Oldest = new(6, 17);

    /// <summary>Why not; null when it can.</summary>
    public static string? WhyNot { get; } =
        !OperatingSystem.IsLinux() ? "The judge is a real Linux kernel, and this is not Linux."
        : RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64 ? "The judge's executor is machine code for x86-64."
        : Environment.OSVersion.Version < Oldest ? $"The judge is Linux {Oldest} or later, and this is {Environment.OSVersion.Version}; see docs/deviations.md."
        : null;
}
