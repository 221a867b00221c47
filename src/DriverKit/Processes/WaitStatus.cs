using DriverKit.Scheduling;

namespace DriverKit.Processes;

/// <summary>How a process has ended (<c>WIFEXITED</c> and kin, <c>sys/wait.h</c>).</summary>
/// <param name="ExitCode"><c>WEXITSTATUS</c>: 0 to 255; 0 when a signal has killed it.</param>
/// <param name="Signal"><c>WTERMSIG</c>; <see cref="Signal.None"/> when it has exited.</param>
public readonly record struct WaitStatus(int ExitCode, Signal Signal)
{
    /// <summary>The number that wait() stores: the exit code in bits 8 to 15, the signal in bits 0 to 6.</summary>
    public int Value => (ExitCode << 8) | (int)Signal;

    internal static WaitStatus Of(int value) => new(value >> 8, (Signal)(value & 0x7f));

    /// <summary>As a shell says it.</summary>
    public override string ToString() => Signal == Signal.None ? $"exited with {ExitCode}" : $"killed by {Signal}";
}
