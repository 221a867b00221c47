// Lets each bug that can run do its harm, on a machine of its own, and shows what the kernel says. The compiler has named the same lines with the same ids.
using Samples.Buggy;

bool asExpected = true;
foreach (BuggyDriver driver in BuggyDrivers.All)
{
    KernelFinding? finding = BuggyDrivers.Run(driver);
    asExpected &= finding?.RuleId == driver.Id;
    Console.WriteLine($"--- {driver.Id}\n{finding?.Report ?? "Nothing happened."}\n");
}

Console.WriteLine(asExpected ? $"{BuggyDrivers.All.Count} bugs, all found by the kernel." : "Not every bug was found as what it is.");
return asExpected ? 0 : 1;
