using System.Text;
using Samples.ScullPipe;

namespace DriverKit.Samples.Tests.ScullPipe;

/// <summary>polltest, nbtest and asynctest, from end to end.</summary>
public sealed class ProgramTests : ScullPipeTest
{
    private const string Output = "/output";

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Polltest_copies_at_once_and_sleeps_meanwhile()
    {
        Kernel kernel = Boot();
        UserProcess copier = Shell.Start(kernel, "polltest", Polltest.Run, Pipe, Output);
        Feed(kernel, copier, Signal.SIGTERM, ("one\n", Moment, "one\n"), ("two\n", Moment, "one\ntwo\n"));
        Assert.Equal(Signal.SIGTERM, copier.TermSignal);
        Assert.Equal("", kernel.ReadFile(Shell.ErrorsOf("polltest")));
    }

    [Fact]
    public void Polltest_ends_when_poll_is_interrupted()
    {
        Kernel kernel = Boot();
        UserProcess copier = Shell.Start(kernel, "polltest", (process, args) =>
        {
            process.Sigaction(Signal.SIGUSR1, SignalAction.Of(_ => { }, SignalFlags.Restart));
            return Polltest.Run(process, args);
        }, Pipe, Output);
        Feed(kernel, copier, Signal.SIGUSR1, ("one\n", Moment, "one\n"));
        Assert.Equal(1, copier.ExitCode);
        Assert.Equal("stdin: Interrupted system call\n", kernel.ReadFile(Shell.ErrorsOf("polltest")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Nbtest_copies_when_it_next_looks(int delay)
    {
        Kernel kernel = Boot();
        UserProcess copier = Shell.Start(kernel, "nbtest", Nbtest.Run, Pipe, Output, delay == 1 ? [] : [$"{delay}"]);
        TimeSpan before = TimeSpan.FromSeconds(delay) - (Moment * 10), after = Moment * 20;
        Feed(kernel, copier, Signal.SIGTERM, ("one\n", before, ""), ("two\n", after, "one\ntwo\n"));
        Assert.Equal(Signal.SIGTERM, copier.TermSignal);
        Assert.Equal("", kernel.ReadFile(Shell.ErrorsOf("nbtest")));
    }

    [Fact]
    public void Nbtest_takes_nonsense_for_no_delay()
    {
        Kernel kernel = Boot();
        UserProcess copier = Shell.Start(kernel, "nbtest", Nbtest.Run, Pipe, Output, "soon");
        Feed(kernel, copier, Signal.SIGTERM, ("one\n", Moment, "one\n"));
        Assert.Equal(Signal.SIGTERM, copier.TermSignal);
    }

    [Fact]
    public void Nbtest_stops_at_any_error_but_EAGAIN()
    {
        Kernel kernel = Boot();
        UserProcess copier = Shell.Start(kernel, "nbtest", Nbtest.Run, Pipe, "/dev/full");
        Feed(kernel, copier, Signal.None, ("one\n", Moment, null));
        Assert.Equal(1, copier.ExitCode);
        Assert.Equal("stdout: No space left on device\n", kernel.ReadFile(Shell.ErrorsOf("nbtest")));
    }

    [Fact]
    public void Asynctest_copies_when_the_signal_comes()
    {
        Kernel kernel = Boot();
        UserProcess copier = Shell.Start(kernel, "asynctest", Asynctest.Run, Pipe, Output);
        Feed(kernel, copier, Signal.SIGTERM, ("one\n", Moment, "one\n"), ("two\n", Moment, "one\ntwo\n"));
        Assert.Equal(Signal.SIGTERM, copier.TermSignal);
    }

    [Fact]
    public void Asynctest_leaves_what_is_beyond_4096_bytes_to_the_next_signal()
    {
        Kernel kernel = Boot("scull_p_buffer=9000");
        UserProcess copier = Shell.Start(kernel, "asynctest", Asynctest.Run, Pipe, Output);
        string words = new('x', 5000);
        Feed(kernel, copier, Signal.SIGTERM, (words, Moment, words[..4096]), ("y", Moment, words + "y"));
    }

    /// <summary>Writes texts into the device, looks each time after a while at what the program has made of it, and ends the program.</summary>
    private static void Feed(Kernel kernel, UserProcess copier, Signal end, params (string Text, TimeSpan Wait, string? Output)[] steps)
    {
        kernel.Spawn("echo", p =>
        {
            p.Nanosleep(Moment);
            int fd = p.Open(Pipe, OpenFlags.WriteOnly);
            foreach ((string text, TimeSpan wait, string? output) in steps)
            {
                Assert.Equal(text.Length, p.Write(fd, Encoding.ASCII.GetBytes(text)));
                p.Nanosleep(wait);
                if (output is not null)
                    Assert.Equal(output, kernel.ReadFile(Output));
            }

            if (end != Signal.None)
                p.Kill(copier.Pid, end);
        });
        kernel.Run();
    }
}
