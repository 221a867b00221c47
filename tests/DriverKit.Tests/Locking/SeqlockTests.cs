using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>seqlock_t: a reader that a writer came upon reads again.</summary>
public sealed class SeqlockTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void Readers_see_what_one_writer_has_written(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var gate = new Seqlock("gate");
        int a = 0, b = 0, again = 0, read = 0;
        RunThreads(kernel, 5, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                IrqFlags flags = default;
                if (me < 2)
                {
                    switch (round % 5)
                    {
                        case 0: WriteSeqlock(gate); break;
                        case 1: WriteSeqlockBh(gate); break;
                        case 2: WriteSeqlockIrq(gate); break;
                        case 3: WriteSeqlockIrqsave(gate, out flags); break;
                        default:
                            if (!WriteTryseqlock(gate))
                                WriteSeqlock(gate);
                            break;
                    }

                    a++;
                    LookAround();
                    b++;
                    switch (round % 5)
                    {
                        case 1: WriteSequnlockBh(gate); break;
                        case 2: WriteSequnlockIrq(gate); break;
                        case 3: WriteSequnlockIrqrestore(gate, flags); break;
                        default: WriteSequnlock(gate); break;
                    }

                    Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
                    continue;
                }

                uint seq;
                int seenA, seenB;
                bool repeats;
                do
                {
                    again++;
                    seq = round % 2 == 0 ? ReadSeqbegin(gate) : ReadSeqbeginIrqsave(gate, out flags);
                    seenA = a;
                    LookAround();
                    seenB = b;
                    repeats = round % 2 == 0 ? ReadSeqretry(gate, seq) : ReadSeqretryIrqrestore(gate, seq, flags);
                }
                while (repeats);
                Assert.Equal(seenA, seenB);
                Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
                again--;
                read++;
            }
        });
        Assert.Equal((40, 40, 60), (a, b, read));
        Assert.True(again > 0);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_seqcount_does_the_same_for_one_writer(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var count = new Seqcount("count");
        int a = 0, b = 0;
        RunThreads(kernel, 3, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                if (me == 0)
                {
                    PreemptDisable();
                    WriteSeqcountBegin(count);
                    a++;
                    LookAround();
                    b++;
                    WriteSeqcountEnd(count);
                    PreemptEnable();
                    continue;
                }

                uint seq;
                int seenA, seenB;
                do
                {
                    seq = ReadSeqcountBegin(count);
                    seenA = a;
                    LookAround();
                    seenB = b;
                }
                while (ReadSeqcountRetry(count, seq));
                Assert.Equal(seenA, seenB);
            }
        });
        Assert.Equal((20, 20), (a, b));
    }

    [Fact]
    public void A_reader_that_has_interrupted_the_writer_tries_for_ever()
    {
        Kernel kernel = BootSmp();
        var gate = new Seqlock("gate");
        var timer = new ClockEvent(() =>
        {
            while (ReadSeqretry(gate, ReadSeqbegin(gate)))
                LookAround();
        });
        kernel.SpawnKernelThread("writer", () =>
        {
            kernel.Scheduler.Set(timer, kernel.Scheduler.Clock.Now + 20_000);
            WriteSeqlock(gate);
            for (int i = 0; i < 100; i++)
                LookAround();
            WriteSequnlock(gate);
        });
        Assert.Contains("waiting for spinlock of seqlock gate, held by itself", Assert.Throws<DeadlockException>(kernel.Run).Report);
        kernel.Dispose();
    }

    [Fact]
    public void Misuse_is_reported()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "BUG: spinlock already unlocked", () => WriteSequnlock(new Seqlock()), "DK7002");
        ExpectOops(kernel, "BUG: spinlock recursion", () =>
        {
            var gate = new Seqlock();
            WriteSeqlock(gate);
            WriteSeqlock(gate);
        }, "DK7001");
        ExpectOops(kernel, "NULL pointer dereference", () => _ = ReadSeqbegin(null!));
    }
}
