using System.Text;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary>The last part of a path, which the call itself decides about.</summary>
/// <param name="Name">The name; empty for the root.</param>
/// <param name="HasSlash">A slash follows it: it must be a directory.</param>
internal readonly record struct LastName(string Name, bool HasSlash)
{
    /// <summary><c>LAST_NORM</c>: neither the root nor <c>.</c> nor <c>..</c>.</summary>
    public bool IsNormal => Name is not ("" or "." or "..");
}

/// <summary>From a path to a name in the tree.</summary>
/// <remarks>There are no symbolic links. Source: fs/namei.c of Linux 6.18.</remarks>
internal static class PathWalk
{
    /// <summary><c>NAME_MAX</c> in bytes.</summary>
    private const int MaxName = 255;

    /// <summary><c>PATH_MAX</c> in bytes, without the zero at the end.</summary>
    private const int MaxPath = 4095;

    /// <summary><c>getname</c>.</summary>
    /// <returns>0, -ENOENT for an empty path, -ENAMETOOLONG.</returns>
    public static KernelResult Check(string path)
    {
        int length = Encoding.UTF8.GetByteCount(UpToZero(path));
        return length == 0 ? -Errno.ENOENT : length > MaxPath ? -Errno.ENAMETOOLONG : 0;
    }

    /// <summary><c>path_lookup</c>.</summary>
    /// <returns>0, -ENOENT, -ENOTDIR, -EACCES, -ENAMETOOLONG.</returns>
    public static KernelResult Resolve(FsStruct fs, string path, out Dentry? found)
    {
        found = null;
        if (FindParent(fs, path, out DirectoryDentry parent, out LastName last) is { IsError: true } noParent)
            return noParent;
        if (Lookup(parent, last.Name, out Dentry? dentry) is { IsError: true } error)
            return error;
        if (dentry is null)
            return -Errno.ENOENT;
        if (last.HasSlash && dentry is not DirectoryDentry)
            return -Errno.ENOTDIR;
        found = dentry;
        return 0;
    }

    /// <summary><c>filename_parentat</c>: the directory that holds the last part of a path, or would.</summary>
    /// <returns>0, -ENOENT, -ENOTDIR, -EACCES, -ENAMETOOLONG.</returns>
    public static KernelResult FindParent(FsStruct fs, string path, out DirectoryDentry parent, out LastName last)
    {
        parent = fs.Root;
        last = default;
        if (Check(path) is { IsError: true } error)
            return error;
        path = UpToZero(path);
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        last = names.Length == 0 ? new("", false) : new(names[^1], path[^1] == '/');
        DirectoryDentry at = path[0] == '/' ? fs.Root : fs.Pwd;
        foreach (string name in names.AsSpan(0, Math.Max(names.Length - 1, 0)))
        {
            if (Permission.Check(fs, at.Inode, FileAccess.Execute) is { IsError: true } forbidden)
                return forbidden;
            if (Lookup(at, name, out Dentry? next) is { IsError: true } tooLong)
                return tooLong;
            if (next is null)
                return -Errno.ENOENT;
            if (next is not DirectoryDentry directory)
                return -Errno.ENOTDIR;
            at = directory;
        }

        parent = at;
        return last.Name.Length == 0 ? 0 : Permission.Check(fs, at.Inode, FileAccess.Execute);
    }

    /// <summary>One name in a directory; the directory itself for an empty one.</summary>
    /// <returns>0 or -ENAMETOOLONG; nothing may have been found.</returns>
    public static KernelResult Lookup(DirectoryDentry directory, string name, out Dentry? found)
    {
        found = null;
        if (Encoding.UTF8.GetByteCount(name) > MaxName)
            return -Errno.ENAMETOOLONG;
        found = name.Length == 0 ? directory : directory.Lookup(name);
        return 0;
    }

    /// <summary>A string of C ends at its first zero.</summary>
    private static string UpToZero(string path) => path.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var end ? path[..end] : path;
}
