using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>rwlock_t: many that read or one that writes, spinning.</summary>
public sealed class RwlockTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void Many_read_or_one_writes(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var gate = new Rwlock("gate");
        int readers = 0, writers = 0, most = 0, written = 0;
        RunThreads(kernel, 5, me =>
        {
            for (int round = 0; round < 20; round++)
            {
                IrqFlags flags = default;
                int form = (me + round) % 5;
                if (me % 2 == 0 && form != 4)
                {
                    switch (form)
                    {
                        case 0: ReadLock(gate); break;
                        case 1: ReadLockBh(gate); break;
                        case 2: ReadLockIrq(gate); break;
                        default: ReadLockIrqsave(gate, out flags); break;
                    }

                    most = Math.Max(most, ++readers);
                    int seen = written;
                    LookAround();
                    LookAround();
                    Assert.Equal((0, seen), (writers, written));
                    readers--;
                    switch (form)
                    {
                        case 0: ReadUnlock(gate); break;
                        case 1: ReadUnlockBh(gate); break;
                        case 2: ReadUnlockIrq(gate); break;
                        default: ReadUnlockIrqrestore(gate, flags); break;
                    }
                }
                else
                {
                    switch (form)
                    {
                        case 0: WriteLock(gate); break;
                        case 1: WriteLockBh(gate); break;
                        case 2: WriteLockIrq(gate); break;
                        default: WriteLockIrqsave(gate, out flags); break;
                    }

                    Assert.Equal((0, 1), (readers, ++writers));
                    LookAround();
                    written++;
                    writers--;
                    switch (form)
                    {
                        case 0: WriteUnlock(gate); break;
                        case 1: WriteUnlockBh(gate); break;
                        case 2: WriteUnlockIrq(gate); break;
                        default: WriteUnlockIrqrestore(gate, flags); break;
                    }
                }

                Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
            }
        });
        Assert.Equal(52, written);
        Assert.True(cpus == 1 ? most == 1 : most > 1, $"{most} readers at once on {cpus} processors");
    }

    [Fact]
    public void Trying_takes_it_only_without_waiting()
    {
        BootSmp().RunKernelThread(() =>
        {
            var gate = new Rwlock();
            Assert.True(ReadTrylock(gate));
            Assert.True(ReadTrylock(gate));
            Assert.False(WriteTrylock(gate));
            Assert.False(WriteTrylockIrqsave(gate, out _));
            Assert.Equal((2, false), (PreemptCount(), IrqsDisabled()));
            ReadUnlock(gate);
            ReadUnlock(gate);
            Assert.True(WriteTrylockIrqsave(gate, out IrqFlags flags));
            Assert.True(IrqsDisabled());
            Assert.False(ReadTrylock(gate));
            WriteUnlockIrqrestore(gate, flags);
            Assert.True(WriteTrylock(gate));
            WriteUnlock(gate);
            Assert.Equal((0, false), (PreemptCount(), IrqsDisabled()));
        });
    }

    public static TheoryData<string, Action<Rwlock>> Misuses => new()
    {
        { "BUG: rwlock already unlocked on CPU#0, kthread/2, gate", ReadUnlock },
        { "BUG: rwlock already unlocked on CPU#0, kthread/2, gate", WriteUnlock },
        { "BUG: rwlock recursion on CPU#0, kthread/2, gate", gate => Twice(gate, WriteLock, WriteLock) },
        { "BUG: rwlock recursion on CPU#0, kthread/2, gate", gate => Twice(gate, WriteLock, ReadLock) },
        { "BUG: rwlock already unlocked on CPU#0, kthread/2, gate", gate => Twice(gate, WriteLock, ReadUnlock) },
        { "BUG: rwlock already unlocked on CPU#0, kthread/2, gate", gate => Twice(gate, ReadLock, WriteUnlock) },
        { "NULL pointer dereference", _ => ReadLock(null!) },
        { "NULL pointer dereference", _ => WriteUnlock(null!) },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void Misuse_is_reported(string cause, Action<Rwlock> use) => ExpectOops(BootSmp(), cause, () => use(new Rwlock("gate")), cause.Contains("recursion", StringComparison.Ordinal) ? "DK7001" : cause.StartsWith("NULL", StringComparison.Ordinal) ? null : "DK7002");

    [Fact]
    public void A_reader_that_wants_to_write_waits_for_itself()
    {
        Kernel kernel = BootSmp();
        var gate = new Rwlock("gate");
        kernel.SpawnKernelThread("greedy", () =>
        {
            ReadLock(gate);
            WriteLock(gate);
        });
        Assert.Contains("greedy[2] is running in write_lock(), waiting for rwlock gate, held by itself", Assert.Throws<DeadlockException>(kernel.Run).Report);
        kernel.Dispose();
    }

    private static void Twice(Rwlock gate, Action<Rwlock> first, Action<Rwlock> second)
    {
        first(gate);
        second(gate);
    }
}
