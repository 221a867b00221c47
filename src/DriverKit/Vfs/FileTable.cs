using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Vfs;

/// <summary><c>struct files_struct</c>: the descriptors of a process.</summary>
internal sealed class FileTable
{
    /// <summary>RLIMIT_NOFILE.</summary>
    private const int MaxDescriptors = 1024;

    private readonly List<OpenFile?> _files = [];

    /// <summary>The open file behind a descriptor, or null.</summary>
    public OpenFile? Get(int fd) => (uint)fd < (uint)_files.Count ? _files[fd] : null;

    /// <summary>True when no descriptor is left.</summary>
    public bool IsFull => _files.Count >= MaxDescriptors && !_files.Contains(null);

    /// <summary><c>fd_install</c> at the lowest free number.</summary>
    public int Install(OpenFile file)
    {
        int fd = _files.IndexOf(null);
        if (fd < 0)
        {
            fd = _files.Count;
            _files.Add(null);
        }

        _files[fd] = file;
        return fd;
    }

    /// <summary><c>close</c>: forgets the descriptor and drops its reference.</summary>
    /// <returns>0 or -EBADF.</returns>
    public KernelResult Close(int fd)
    {
        if (Get(fd) is not { } file)
            return -Errno.EBADF;
        _files[fd] = null;
        file.Put();
        return 0;
    }

    /// <summary>A copy for a forked process: the same open files.</summary>
    public FileTable Fork()
    {
        var copy = new FileTable();
        foreach (OpenFile? file in _files)
        {
            file?.Get();
            copy._files.Add(file);
        }

        return copy;
    }

    /// <summary><c>exit_files</c>: closes everything. What a driver's release throws comes out at the end.</summary>
    public void CloseAll()
    {
        var deferred = new DeferredException();
        for (int fd = 0; fd < _files.Count; fd++)
        {
            int each = fd;
            deferred.Try(() => Close(each));
        }

        deferred.ThrowIfAny();
    }
}
