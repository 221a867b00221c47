// Runs each buggy driver on a kernel of its own and shows the oops. The compiler has named the same lines with the same ids.
using Samples.Buggy;

bool asExpected = true;
foreach (BuggyDriver driver in BuggyDrivers.All)
{
    KernelOopsException? oops = BuggyDrivers.Run(driver);
    asExpected &= oops?.RuleId == driver.Id;
    Console.WriteLine($"--- {driver.File}, expected to stop with {driver.Id}\n{oops?.Report ?? "Nothing happened."}\n");
}

return asExpected ? 0 : 1;
