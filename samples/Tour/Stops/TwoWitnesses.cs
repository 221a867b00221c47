// Three drivers with a bug each: the compiler warns at the line, and the running kernel stops at it with the same id.
using Samples.Buggy;

namespace Samples.Tour.Stops;

internal static class TwoWitnesses
{
    public static void Visit(Guide guide)
    {
        IReadOnlyList<CompilerWarning> warnings = Compiler.Build();
        BuggyDriver shown = BuggyDrivers.All.First(driver => driver.Id == "DK2001");
        guide.Say("samples/Buggy has wrong drivers, each with one bug. First witness: what `dotnet build samples/Buggy` says about one.");
        foreach (CompilerWarning warning in warnings.Where(warning => warning.Id == shown.Id))
            guide.Show($"{warning.Text}\n{warning.Line,6} | {Compiler.SourceLine(warning)}");

        guide.Say("Second witness: the kernel, when a process touches the mapping. The oops names the same rule and the same line.");
        foreach (BuggyDriver driver in BuggyDrivers.All)
        {
            string report = Compiler.WithoutRoot(BuggyDrivers.Run(driver)?.Report ?? "Nothing happened.");
            if (driver == shown)
                guide.Show(report);
            CompilerWarning[] found = [.. warnings.Where(warning => warning.File == driver.File)];
            guide.Claim(found.Length == 1 && found[0].Id == driver.Id, $"the compiler reports {driver.Id} once in {driver.File}");
            guide.Claim(report.Contains($"Rule: {driver.Id} "), $"the kernel stops {driver.File} with {driver.Id}");
            bool sameLine = found.Length == 1 && report.Contains($"{driver.File}:{found[0].Line}");
            guide.Claim(sameLine, $"the kernel's call trace names the compiler's line in {driver.File}");
        }

        guide.Say("All three, by both:");
        guide.Show(warnings.Select(warning => $"{warning.Id}  {warning.File}:{warning.Line}"));
    }
}
