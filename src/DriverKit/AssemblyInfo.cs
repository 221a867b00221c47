using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("DriverKit.Tests")]
[assembly: InternalsVisibleTo("DriverKit.Benchmarks")]
[assembly: InternalsVisibleTo("DriverKit.Conformance")]
