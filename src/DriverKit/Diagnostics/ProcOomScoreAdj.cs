using System.Globalization;
using DriverKit.Primitives;
using DriverKit.Processes;
using DriverKit.Vfs;

namespace DriverKit.Diagnostics;

/// <summary>/proc/PID/oom_score_adj: what the user adds to the score by which the OOM killer chooses.</summary>
/// <remarks>Source: fs/proc/base.c of Linux 6.18; proc_pid_oom_score_adj(5).</remarks>
internal static class ProcOomScoreAdj
{
    /// <summary><c>PROC_NUMBUF</c>, without the zero: what follows is not looked at.</summary>
    private const int MaxText = 12;

    private static readonly char[] Blanks = [' ', '\t', '\n', '\v', '\f', '\r'];

    /// <summary>The file of a process.</summary>
    public static TextDentry New(FileSystems fileSystems, UserProcess process) => fileSystems.NewText(
        () => process.IsAlive ? process.OomScoreAdj.ToString(CultureInfo.InvariantCulture) + "\n" : "",
        text => Write(process, text),
        ignoresPosition: true);

    /// <summary><c>oom_score_adj_write</c>, <c>__set_oom_adj</c>: those who share the memory get the value too, but for a vfork child, which may have its own.</summary>
    /// <returns>0; -EINVAL for no number or one outside -1000 to 1000; -ERANGE for one that is no int; -ESRCH.</returns>
    private static KernelResult Write(UserProcess process, string text)
    {
        KernelResult parsed = Parse(text[..Math.Min(text.Length, MaxText)], out int value);
        if (parsed.IsError)
            return parsed;
        if (value is < UserProcess.OomScoreAdjMin or > -UserProcess.OomScoreAdjMin)
            return -Errno.EINVAL;
        if (!process.IsAlive)
            return -Errno.ESRCH;
        process.OomScoreAdj = value;
        if (process.VforkParent is not null)
            return 0;
        foreach (UserProcess fellow in process.Kernel.All)
        {
            if (fellow.Mm == process.Mm && fellow.VforkParent is null)
                fellow.OomScoreAdj = value;
        }

        return 0;
    }

    /// <summary><c>kstrtoint</c> without the blanks around: one number and nothing else, decimal, octal after 0 or hexadecimal after 0x, with a sign or none.</summary>
    private static KernelResult Parse(string text, out int value)
    {
        value = 0;
        text = text.Split('\0', 2)[0].Trim(Blanks);
        if (text.StartsWith('+'))
            text = text.Length > 1 && char.IsAsciiHexDigit(text[1]) ? text[1..] : "";
        if (text.IndexOfAny(Blanks) >= 0 || !Sysctl.TryParse(text, out long number))
            return -Errno.EINVAL;
        if (number is < int.MinValue or > int.MaxValue)
            return -Errno.ERANGE;
        value = (int)number;
        return 0;
    }
}
