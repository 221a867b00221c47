namespace DriverKit.Contracts;

/// <summary><c>module_param(name, type, perm)</c>: a field or property that insmod sets by name, and /sys/module/MODULE/parameters shows (<c>linux/moduleparam.h</c>).</summary>
/// <remarks>It may be a byte, short, ushort, int, uint, long, ulong, bool or string, or an array of those, as long as the most values it takes. Its kernel name is that in
/// C#, in lower case with underscores: <c>ScullNrDevs</c> is <c>scull_nr_devs</c>.</remarks>
/// <param name="perm">Who may read and write it in /sys; 0: it is not there.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class ModuleParamAttribute(UnixFileMode perm = 0) : Attribute
{
    /// <summary><c>perm</c>.</summary>
    public UnixFileMode Perm => perm;

    /// <summary><c>module_param_named(name, …)</c>: another name than that of the field.</summary>
    public string? Name { get; init; }

    /// <summary><c>nump</c> of <c>module_param_array</c>: an int field of the module that is set to how many values were given. Without it, all of the array is shown.</summary>
    public string? Num { get; init; }
}
