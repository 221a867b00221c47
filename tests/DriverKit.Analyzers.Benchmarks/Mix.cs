namespace DriverKit.Analyzers.Benchmarks;

/// <summary>What the generated code consists of.</summary>
internal enum Mix
{
    /// <summary>As drivers are: registers, lists, strings, ioctl, read and write; here and there high memory and address arithmetic.</summary>
    Driver,

    /// <summary>Nothing but the code that the flow rules are about: every method maps high memory, loops, or computes with addresses.</summary>
    Heavy,

    /// <summary>Code in a project that refers to DriverKit and never calls it.</summary>
    Unrelated,
}
