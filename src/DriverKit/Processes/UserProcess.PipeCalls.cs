using System.Runtime.CompilerServices;
using DriverKit.Contracts;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <content>System calls on pipes.</content>
public sealed partial class UserProcess
{
    /// <summary>pipe(2) and pipe2(2): a pipe, which holds 16 pages at first.</summary>
    /// <param name="flags">O_CLOEXEC, O_NONBLOCK, O_DIRECT (each write is a packet).</param>
    /// <returns>The descriptors of the end to read from and of the end to write to.</returns>
    /// <exception cref="SyscallException">EINVAL (other flags), EMFILE.</exception>
    public (int Read, int Write) Pipe(OpenFlags flags = OpenFlags.ReadOnly)
    {
        var pair = new StrongBox<(int, int)>();
        Call(new PipeCall(flags, pair));
        return pair.Value;
    }

    /// <summary>pipe2(2) with the pair of descriptors in the process's memory.</summary>
    /// <param name="fildes">Where two ints go: the end to read from, the end to write to.</param>
    /// <param name="flags">O_CLOEXEC, O_NONBLOCK, O_DIRECT.</param>
    /// <exception cref="SyscallException">EINVAL (other flags), EMFILE, EFAULT.</exception>
    public void Pipe2(UserVirtualAddress fildes, OpenFlags flags) => Call(new Pipe2Call(fildes, flags));
}
