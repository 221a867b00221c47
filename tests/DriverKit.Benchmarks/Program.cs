using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using DriverKit.Benchmarks.Gate;

// Two doors: the gate compares ratios within one run and fails on a breach; everything else goes to BenchmarkDotNet.
if (args.Contains("--gate"))
    return SpeedGate.Run(args.SkipWhile(arg => arg != "--filter").Skip(1).FirstOrDefault());

ManualConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return 0;
