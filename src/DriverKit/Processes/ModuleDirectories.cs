using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>/sys/module: a directory for each module, with its parameters.</summary>
/// <remarks>Source: kernel/module.c and kernel/params.c of Linux 2.6.20.</remarks>
internal sealed class ModuleDirectories(Sysfs sysfs)
{
    private readonly Dictionary<string, DirectoryDentry> _directories = [];

    /// <summary><c>mod_sysfs_setup</c>. A name that can be no name of a file gets no directory.</summary>
    public void Add(KernelModule module, string name, IReadOnlyCollection<ModuleParameter> parameters)
    {
        if (sysfs.NewDirectory(sysfs.Modules, name) is not { } directory)
            return;
        _directories.Add(name, directory);
        sysfs.CreateText(directory, "refcnt", () => $"{module.RefCount}\n");
        ModuleParameter[] visible = [.. parameters.Where(parameter => parameter.Perm != 0)];
        if (visible.Length == 0)
            return;
        DirectoryDentry files = sysfs.NewDirectory(directory, "parameters")!;
        foreach (ModuleParameter parameter in visible)
            sysfs.CreateFile(files, File(parameter, module));
    }

    /// <summary><c>mod_sysfs_teardown</c>.</summary>
    public void Remove(string name)
    {
        if (_directories.Remove(name, out DirectoryDentry? directory))
            sysfs.RemoveDirectory(directory);
    }

    /// <summary><c>param_attr_show</c>, <c>param_attr_store</c>. The module stays while the file is open.</summary>
    private SysfsAttribute File(ModuleParameter parameter, KernelModule module) => new(
        parameter.Name,
        parameter.Perm,
        page => sysfs.WriteText(page, parameter.Get() is { Length: > 0 } text ? text + "\n" : ""),
        (page, count) => parameter.Set(sysfs.ReadText(page, count)) is { IsError: true } error ? error : count,
        module);
}
