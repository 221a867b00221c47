// A walk through DriverKit: boots a machine, loads drivers, maps them, looks at page tables, and has one bug caught by two witnesses.
// Every claim it prints is checked; the exit code is 0 only if all of them held.
using Samples.Tour;

var guide = new Guide(Console.Out, useColor: !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "");
return guide.Walk(Guide.AllStops);
