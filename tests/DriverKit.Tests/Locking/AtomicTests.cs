using DriverKit.Tests.Support;

namespace DriverKit.Tests.Locking;

/// <summary>Atomics, bit operations and counted references.</summary>
public sealed class AtomicTests : LockTest
{
    [Theory]
    [MemberData(nameof(Runs))]
    public void No_change_is_lost(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        AtomicT sum = new(), last = new(4), once = new(), swapped = new();
        var bits = new Bitmap(100);
        int lasts = 0, firsts = 0, owners = 0;
        RunThreads(kernel, 4, me =>
        {
            for (int i = 0; i < 25; i++)
            {
                AtomicAdd(me, sum);
                AtomicSub(1, sum);
                AtomicInc(sum);
                SetBit(me * 25 + i, bits);
                int old;
                do
                {
                    old = AtomicRead(swapped);
                    LookAround();
                }
                while (AtomicCmpxchg(swapped, old, old + 2) != old);
                if (!TestAndSetBit(99, bits))
                    owners++;
            }

            if (AtomicAddUnless(once, 1, 1))
                firsts++;
            if (AtomicDecAndTest(last))
                lasts++;
        });
        kernel.RunKernelThread(() =>
        {
            Assert.Equal((150, 200, 0), (AtomicRead(sum), AtomicRead(swapped), AtomicRead(last)));
            Assert.Equal(100, FindFirstZeroBit(bits, 100));
        });
        Assert.Equal((1, 1, 1), (lasts, firsts, owners));
    }

    [Fact]
    public void Atomics_do_what_their_names_say() => BootSmp().RunKernelThread(() =>
    {
        var v = new AtomicT(5);
        Assert.Equal(7, AtomicAddReturn(2, v));
        Assert.Equal(4, AtomicSubReturn(3, v));
        Assert.Equal(5, AtomicIncReturn(v));
        Assert.Equal(4, AtomicDecReturn(v));
        Assert.False(AtomicSubAndTest(3, v));
        Assert.True(AtomicSubAndTest(1, v));
        AtomicDec(v);
        Assert.True(AtomicIncAndTest(v));
        Assert.False(AtomicIncAndTest(v));
        Assert.True(AtomicAddNegative(-2, v));
        Assert.False(AtomicAddNegative(1, v));
        Assert.False(AtomicIncNotZero(v));
        Assert.Equal(0, AtomicXchg(v, 9));
        Assert.True(AtomicIncNotZero(v));
        Assert.Equal(10, AtomicCmpxchg(v, 11, 12));
        Assert.Equal(10, AtomicRead(v));
        AtomicSet(v, int.MaxValue);
        Assert.Equal(int.MinValue, AtomicIncReturn(v));
        AtomicSub(int.MinValue, v);
        Assert.Equal(0, AtomicRead(v));
    });

    [Fact]
    public void Bits_do_what_their_names_say() => BootSmp().RunKernelThread(() =>
    {
        var map = new Bitmap(130);
        Assert.Equal((130, 0), (FindFirstBit(map, 130), FindFirstZeroBit(map, 130)));
        SetBit(0, map);
        SetBit(64, map);
        SetBit(129, map);
        Assert.True(TestBit(64, map));
        Assert.Equal([0, 64, 129, 130], new[] { FindFirstBit(map, 130), FindNextBit(map, 130, 1), FindNextBit(map, 130, 65), FindNextBit(map, 130, 130) });
        Assert.Equal((129, 1), (FindNextBit(map, 129, 65), FindFirstZeroBit(map, 130)));
        Assert.Equal(65, FindNextZeroBit(map, 130, 64));
        Assert.True(TestAndClearBit(64, map));
        Assert.False(TestAndClearBit(64, map));
        Assert.False(TestAndChangeBit(63, map));
        Assert.True(TestAndChangeBit(63, map));
        ChangeBit(1, map);
        Assert.True(TestAndSetBit(1, map));
        ClearBit(1, map);
        Assert.False(TestBit(1, map));
        Assert.Equal((0, 1, 32, 5), (Ffs(0), Ffs(1), Ffs(0x80000000), Ffs(0xf0)));
        Assert.Equal((0, 1, 32, 8), (Fls(0), Fls(1), Fls(uint.MaxValue), Fls(0xf0)));
        Assert.Equal((0, 3, 64), (Ffz(0), Ffz(7), Ffz(ulong.MaxValue)));
        Assert.Equal(4, Hweight32(0xf0));
    });

    [Fact]
    public void A_bit_that_is_not_there_is_a_bug()
    {
        Kernel kernel = BootSmp();
        ExpectOops(kernel, "BUG: bit 32 of flags, which has 32", () => SetBit(32, new Bitmap(32, "flags")));
        ExpectOops(kernel, "BUG: bit -1 of flags, which has 32", () => TestBit(-1, new Bitmap(32, "flags")));
        ExpectOops(kernel, "BUG: 33 bits of flags, which has 32", () => FindFirstBit(new Bitmap(32, "flags"), 33));
        ExpectOops(kernel, "NULL pointer dereference", () => SetBit(0, null!));
        ExpectOops(kernel, "NULL pointer dereference", () => AtomicInc(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Bitmap(0));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_last_reference_releases_the_object_once(int cpus, ulong seed)
    {
        Kernel kernel = BootSmp(cpus, seed);
        var kref = new Kref("object");
        int released = 0, told = 0;
        kernel.RunKernelThread(() =>
        {
            KrefInit(kref);
            for (int i = 1; i < 5; i++)
                KrefGet(kref);
        });
        RunThreads(kernel, 5, _ =>
        {
            KrefGet(kref);
            LookAround();
            Assert.Equal(0, KrefPut(kref, __ => released++));
            told += KrefPut(kref, __ => released++);
        });
        Assert.Equal((1, 1), (released, told));
        ExpectOops(kernel, "BUG: at lib/kref.c kref_get(): object has no reference", () => KrefGet(kref), "DK8005");
        ExpectOops(kernel, "BUG: at lib/kref.c kref_put(): object has no reference", () => KrefPut(kref, _ => { }), "DK8005");
        ExpectOops(kernel, "BUG: at lib/kref.c kref_put(): release is NULL", () => KrefPut(kref, null!));
        ExpectOops(kernel, "BUG: at lib/kref.c kref_get(): kref has no reference", () => KrefGet(new Kref()), "DK8005");
        Assert.Equal(1, released);
    }
}
