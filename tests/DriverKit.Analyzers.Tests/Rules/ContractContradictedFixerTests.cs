using Verify = DriverKit.Analyzers.Tests.Verifier.CSharpCodeFixVerifier<
    DriverKit.Analyzers.Rules.FlowRules,
    DriverKit.Analyzers.ContractContradictedFixer,
    DriverKit.Analyzers.Tests.Verifier.DefaultVerifier>;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class ContractContradictedFixerTests
{
    [Fact]
    public Task Contracts_SayWhatTheBodiesDo() => Verify.VerifyCodeFixAsync(
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxDelay;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            int _level;

            [AtomicContext]
            public void Push(int value)
            {
                _level = value;
                {|DK1008:Msleep(1)|};
            }

            /// <summary>Peeks.</summary>
            [Acquires(KernelResource.Spinlock)]
            public void {|DK1008:Peek|}(Spinlock level)
            {
                SpinLock(level);
                _level++;
                SpinUnlock(level);
            }
        }
        """,
        """
        using DriverKit.Locking;
        using static DriverKit.Headers.LinuxDelay;
        using static DriverKit.Headers.LinuxSpinlock;

        class Driver
        {
            int _level;

            [MightSleep]
            public void Push(int value)
            {
                _level = value;
                Msleep(1);
            }

            /// <summary>Peeks.</summary>
            public void Peek(Spinlock level)
            {
                SpinLock(level);
                _level++;
                SpinUnlock(level);
            }
        }
        """);

    [Fact]
    public Task ContractOfAnother_NothingOffered()
    {
        const string Source = """
            using static DriverKit.Headers.LinuxDelay;

            abstract class Sensor
            {
                [AtomicContext]
                public abstract int Read();
            }

            sealed class Driver : Sensor
            {
                public override int Read()
                {
                    {|DK1008:Msleep(1)|};
                    return 1;
                }
            }
            """;
        return Verify.VerifyCodeFixAsync(Source, Source);
    }
}
