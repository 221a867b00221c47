using System.Diagnostics;
using System.Runtime.InteropServices;
using HostArchitecture = System.Runtime.InteropServices.Architecture;

namespace DriverKit.Tests.Support;

/// <summary>Programs of the host that judge what the kit writes.</summary>
internal static class HostTool
{
    /// <summary>Why a tool cannot judge here; null when it can.</summary>
    public static string? Missing(string tool) =>
        tool == "gdb" && RuntimeInformation.OSArchitecture is not (HostArchitecture.X64 or HostArchitecture.X86) ? "gdb of this host does not know x86 core files"
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool))) ? null
        : $"{tool} is not installed on this host";

    /// <summary>Runs a tool and gives back what it printed.</summary>
    public static async Task<(string Output, string Errors)> Run(string tool, params string[] arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["LC_ALL"] = "C";
        start.Environment.Remove("DEBUGINFOD_URLS");
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return (await output, await errors);
    }
}

/// <summary>A theory that needs a program of the host; without it, it is skipped and says so.</summary>
internal sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(string tool) => Skip = HostTool.Missing(tool);
}
