using System.Text;
using DriverKit.Primitives;

namespace DriverKit.Diagnostics;

/// <summary>One line of the kernel log.</summary>
/// <param name="Level">How urgent it is.</param>
/// <param name="Message">The line.</param>
public readonly record struct LogLine(LogLevel Level, string Message)
{
    /// <summary>The line with its level, as the log buffer holds it: <c>&lt;6&gt;text</c>.</summary>
    public override string ToString() => $"<{(int)Level}>{Message}";
}

/// <summary>The kernel's log buffer: what <c>printk</c> writes and <c>dmesg</c> shows. It keeps the newest lines.</summary>
public sealed class KernelLog : IKernelLog
{
    private const int Capacity = 4096;

    private readonly Queue<LogLine> _lines = new();

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>Called for each line as it is written: a console.</summary>
    public Action<LogLine>? Console { get; set; }

    /// <inheritdoc/>
    public void Write(LogLevel level, string message)
    {
        foreach (string part in message.TrimEnd('\n').Split('\n'))
        {
            if (_lines.Count == Capacity)
                _lines.Dequeue();
            var line = new LogLine(level, part);
            _lines.Enqueue(line);
            Console?.Invoke(line);
        }
    }

    /// <summary>All lines without their levels, as dmesg prints them.</summary>
    public override string ToString() => _lines.Aggregate(new StringBuilder(), (text, line) => text.Append(line.Message).Append('\n')).ToString();
}
