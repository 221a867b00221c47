using DriverKit.Tests.Support;

namespace DriverKit.Tests.Oopses;

/// <summary>A kernel runs one thing at a time: a second host thread is refused, whatever it asks for, and nothing is damaged.</summary>
public sealed class TwoThreadsTests : KernelTest
{
    [Fact]
    public void A_second_thread_is_refused_at_every_door()
    {
        Kernel kernel = Boot();
        using var inside = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        UserProcess process = kernel.CreateProcess("p");
        var first = new Thread(() => kernel.RunKernelThread(() =>
        {
            inside.Set();
            done.Wait();
        }));
        first.Start();
        inside.Wait();
        try
        {
            Action[] doors =
            [
                () => kernel.CreateProcess("q"),
                () => kernel.SwapOn(new RamDisk(1.MiB())),
                () => kernel.CompactMemory(),
                () => kernel.WalkPageTables(process, default),
                () => kernel.DumpPageTables(process),
                () => kernel.DumpCore(process, new MemoryStream()),
                () => kernel.MakeNode("/dev/x", new DeviceNumber(1, 2)),
                () => kernel.ReadFile("/proc/meminfo"),
                () => kernel.WriteFile("/tmp/x", "x"),
                () => process.Brk(),
                () => process.Load<int>(process.Mm.StartStack),
            ];
            foreach (Action door in doors)
                Assert.Contains("one thing at a time", Assert.Throws<InvalidOperationException>(door).Message);
        }
        finally
        {
            done.Set();
            first.Join();
        }

        kernel.CreateProcess("q").Exit();
    }

    [Fact]
    public void Threads_that_race_for_a_kernel_get_in_one_after_the_other_or_not_at_all()
    {
        Kernel kernel = Boot();
        int made = 0, refused = 0;
        Parallel.For(0, 4, _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                try
                {
                    kernel.CreateProcess("p");
                    Interlocked.Increment(ref made);
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });
        Assert.Equal(400, made + refused);
        Assert.Equal(made, kernel.Processes.Count());
        Assert.Equal(made, kernel.Processes.Select(process => process.Pid).Distinct().Count());
    }
}
