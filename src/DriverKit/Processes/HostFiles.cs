using System.Text;
using DriverKit.Contracts;
using DriverKit.Primitives;
using DriverKit.Vfs;

namespace DriverKit.Processes;

/// <summary>Files as the host sees them: what cat and echo would do at a shell, and a look at the disk that no process has.</summary>
internal sealed class HostFiles(ProcessTable processes)
{
    /// <summary>Bytes after which a device is believed never to end.</summary>
    private const int MaxFile = 64 << 20;

    private FileSystems FileSystems => processes.FileSystems;

    /// <summary><c>cat PATH</c>. A text of /proc is read without a process, so that looking at memory does not change it.</summary>
    public string Read(string path)
    {
        if (FindText(path) is { } text)
            return text.IsReadable ? text.Read() : throw new SyscallException($"open(\"{path}\", ReadOnly)", Errno.EACCES);
        return Run("cat", cat =>
        {
            int fd = cat.Open(path);
            var contents = new MemoryStream();
            byte[] buffer = new byte[PageGeometry.PageSize];
            for (int read; (read = cat.Read(fd, buffer)) > 0;)
            {
                if (contents.Length > MaxFile)
                    throw new SyscallException($"ReadFile(\"{path}\"), which stops after {MaxFile >> 20} MiB", Errno.EFBIG);
                contents.Write(buffer, 0, Math.Min(read, buffer.Length));
            }

            return Encoding.UTF8.GetString(contents.ToArray());
        });
    }

    /// <summary><c>echo -n TEXT &gt; PATH</c>.</summary>
    public void Write(string path, string text)
    {
        if (FindText(path) is { } settable)
        {
            KernelResult result = settable.IsWritable ? settable.Write(text) : -Errno.EACCES;
            if (result.IsError)
                throw new SyscallException($"write(\"{path}\", \"{text}\")", result.Errno);
            return;
        }

        Run("echo", echo =>
        {
            int fd = echo.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate);
            WriteAll(echo, fd, path, Encoding.UTF8.GetBytes(text));
            return 0;
        });
    }

    /// <summary><c>install -m 755</c>.</summary>
    public void Install(string path, ReadOnlySpan<byte> contents)
    {
        const UnixFileMode Executable = (UnixFileMode)0x1ED;
        byte[] bytes = contents.ToArray();
        Run("install", install =>
        {
            int fd = install.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate, Executable);
            WriteAll(install, fd, path, bytes);
            return 0;
        });
    }

    /// <summary>What the disk holds of a file now.</summary>
    public byte[] ReadDisk(string path)
    {
        if (PathWalk.Resolve(FileSystems.KernelFs, path, out Dentry? found) is { IsError: true } error)
            throw new SyscallException($"ReadDisk(\"{path}\")", error.Errno);
        if (found!.Inode.IMapping?.AOps is not DiskStorage storage)
            throw new SyscallException($"ReadDisk(\"{path}\")", found is DirectoryDentry ? Errno.EISDIR : Errno.EINVAL);
        return storage.Size <= MaxFile ? storage.Contents() : throw new SyscallException($"ReadDisk(\"{path}\")", Errno.EFBIG);
    }

    private static void WriteAll(UserProcess process, int fd, string path, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            int written = process.Write(fd, rest);
            if (written <= 0)
                throw new SyscallException($"write(\"{path}\")", Errno.EIO);
            rest = rest[Math.Min(written, rest.Length)..];
        }
    }

    private TextDentry? FindText(string path) => PathWalk.Resolve(FileSystems.KernelFs, path, out Dentry? found).IsSuccess ? found as TextDentry : null;

    private T Run<T>(string name, Func<UserProcess, T> program)
    {
        UserProcess process = processes.Create(name);
        try
        {
            return program(process);
        }
        finally
        {
            if (process.IsAlive)
                process.Exit();
        }
    }
}
