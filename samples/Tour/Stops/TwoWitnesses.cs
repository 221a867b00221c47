// The wrong drivers of samples/Buggy: the compiler warns at the line, and the running kernel finds the bug with the same id.
using Samples.Buggy;

namespace Samples.Tour.Stops;

internal static class TwoWitnesses
{
    public static void Visit(Guide guide)
    {
        IReadOnlyList<CompilerWarning> warnings = Compiler.Build();
        BuggyDriver shown = BuggyDrivers.All.First(driver => driver.Id == "DK2001");
        guide.Say("samples/Buggy has wrong drivers, with bugs of all kinds. First witness: what `dotnet build samples/Buggy` says about one.");
        foreach (CompilerWarning warning in warnings.Where(warning => warning.Id == shown.Id))
            guide.Show($"{warning.Text}\n{warning.Line,6} | {Compiler.SourceLine(warning)}");

        guide.Say("Second witness: the kernel, when a process touches the mapping. The oops names the same rule and the same line.");
        foreach (BuggyDriver driver in BuggyDrivers.All)
        {
            string report = Compiler.WithoutRoot(BuggyDrivers.Run(driver)?.Report ?? "Nothing happened.");
            if (driver == shown)
                guide.Show(report);
            CompilerWarning[] found = [.. warnings.Where(warning => warning.Id == driver.Id)];
            guide.Claim(report.Contains($"Rule: {driver.Id} "), $"the kernel finds {driver.Id}");
            if (driver.Shows == Shows.AtRunTimeOnly)
            {
                guide.Claim(found.Length == 0, $"the compiler does not see {driver.Id}");
                continue;
            }

            guide.Claim(found.Length == 1, $"the compiler reports {driver.Id} once");
            bool sameLine = found.Length == 1 && report.Contains($"{found[0].File}:{found[0].Line}");
            guide.Claim(sameLine || driver.Shows != Shows.AtTheLine, $"the kernel's call trace names the compiler's line of {driver.Id}");
        }

        CompilerWarning[] both = [.. warnings.Where(warning => BuggyDrivers.All.Any(driver => driver.Id == warning.Id))];
        IEnumerable<string> alone = BuggyDrivers.All.Where(driver => driver.Shows == Shows.AtRunTimeOnly).Select(driver => driver.Id);
        guide.Say($"The compiler warns of {warnings.Count} bugs. The kernel finds what no compiler sees, {string.Join(", ", alone)}, and {both.Length} of the {warnings.Count} while they do their harm:");
        guide.Show(both.Select(warning => $"{warning.Id}  {warning.File}:{warning.Line}"));
    }
}
