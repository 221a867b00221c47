using System.Diagnostics;
using System.Reflection;
using System.Text;
using DriverKit.Hardware;
using DriverKit.Interrupts;
using DriverKit.Primitives;
using DriverKit.Scheduling;

namespace DriverKit.Diagnostics;

/// <summary>Writes what a kernel developer expects to read after a bug: cause, rule, process, context, and the calls that led there.</summary>
internal sealed class OopsReport(Machine machine, KernelLog log, Func<IEnumerable<string>> modules)
{
    private int _count;

    /// <summary>True after the first oops: the kernel goes on, but nothing is certain any more.</summary>
    public bool IsTainted => _count > 0;

    /// <summary>Completes the exception and prints the report to the log.</summary>
    public void Write(KernelOopsException oops, TaskStruct task)
    {
        var text = new StringBuilder(oops.Cause).Append('\n');
        if (oops.Rule is { } rule)
            text.Append($"Rule: {rule.Id} {rule.Title}; see {rule.DocumentationPage}\n");
        Cpu cpu = machine.CurrentCpu;
        int preemptCount = oops.PreemptCount ?? cpu.PreemptCount;
        text.Append($"Oops: [#{++_count}]\n");
        text.Append($"Modules linked in: {string.Join(' ', modules())}\n");
        text.Append($"CPU: {cpu.Id}\n");
        text.Append($"Process {task.Comm} (pid: {task.Pid}, {(preemptCount == 0 ? "process context" : $"atomic, preempt_count: {preemptCount}")})\n");
        text.Append("Call Trace:\n");
        foreach (string frame in Frames(oops.InnerException ?? oops))
            text.Append(' ').Append(frame).Append('\n');
        string report = text.ToString().TrimEnd('\n');
        oops.Complete(report);
        log.Write(LogLevel.Emergency, report);
    }

    /// <summary>The front door's functions by their kernel names' C# form, and the driver's own with file and line; the rooms between are left out.</summary>
    private static IEnumerable<string> Frames(Exception exception)
    {
        Assembly kit = typeof(OopsReport).Assembly;
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod() is not { DeclaringType: { } type } method)
                continue;
            bool isKit = type.Assembly == kit;
            if (isKit ? type.Namespace != "DriverKit.Headers" || type.IsNotPublic : type.Assembly == typeof(object).Assembly)
                continue;
            string place = frame.GetFileName() is { } file && !isKit ? $" at {file}:{frame.GetFileLineNumber()}" : "";
            yield return $"{Name(type)}.{FunctionName.Of(method.Name)}{place}";
        }
    }

    private static string Name(Type type) => type.Name.StartsWith('<') && type.DeclaringType is { } outer ? Name(outer) : type.Name;
}
