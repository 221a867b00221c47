using DriverKit.Conformance.Host;
using DriverKit.Conformance.Judging;
using DriverKit.Conformance.Programs;
using static DriverKit.Conformance.Programs.Place;

namespace DriverKit.Conformance.Tests;

/// <summary>The judge finds a difference when there is one, and shows the smallest program that has it.</summary>
public sealed class JudgeTests
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags FixedPrivate = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;

    private static readonly Step[] Long =
    [
        new Mmap(Window + 0x20000, 0x8000, ReadWrite, FixedPrivate),
        new Load(Window + 0x25000, 4),
        new Brk(Heap + 0x3000),
        new Mmap(Window + 0x7000, 0x6000, ReadWrite, FixedPrivate),
        new Store(Window + 0x8010, 0xabcdef),
        new Fork(new Store(Window + 0x9000, 3), new Munmap(Window + 0xc000, 0x1000), new Mprotect(Window + 0x9000, 0x2000, Protection.Read)),
        new Munmap(Window + 0x22000, 0x3000),
        new Mprotect(Window + 0x8000, 0x3000, Protection.Read),
        new Store(Window + 0x8000, 1),
        new Load(Window + 0x8010),
        new Dump(),
    ];

    [HostFact]
    public void A_program_that_does_the_same_in_both_worlds_passes()
    {
        using var judge = new Judge();
        Assert.Null(judge.Compare(Long));
    }

    [HostFact]
    public void A_wrong_protection_is_found_and_shrunk() => Shrinks(
        step => step is Mprotect { Protection: Protection.Read } protect ? protect with { Protection = ReadWrite } : step,
        Aspect.Maps,
        new Mmap(Window, 0x1000, Protection.None, MapFlags.Private | MapFlags.Anonymous),
        new Mprotect(Window, 0x1000, Protection.Read));

    [HostFact]
    public void A_wrong_byte_is_found_and_shrunk() => Shrinks(
        step => step is Store { Value: 0xabcdef or 1 } store ? store with { Value = store.Value ^ 0x100 } : step,
        Aspect.Result,
        new Mmap(Window, 0x1000, Protection.Write, MapFlags.Private | MapFlags.Anonymous),
        new Store(Window + 0x10, 1),
        new Load(Window + 0x10));

    [HostFact]
    public void A_wrong_signal_is_found_and_shrunk() => Shrinks(
        step => step is Load { Width: 4 } load ? load with { Address = load.Address + 0x7000 } : step,
        Aspect.Signal,
        new Mmap(Window, 0x1000, Protection.Write, MapFlags.Private | MapFlags.Anonymous),
        new Load(Window, 4));

    [HostFact]
    public void A_wrong_error_is_found_and_shrunk() => Shrinks(
        step => step is Munmap { Length: 0x3000 } unmap ? unmap with { Address = unmap.Address + 1 } : step,
        Aspect.Result,
        new Munmap(Window, 0x3000));

    [HostFact]
    public void The_report_has_both_answers_and_a_test_to_paste()
    {
        using var judge = new Judge();
        Step[] model = [new Mmap(Window, 0x2000, Protection.Read, FixedPrivate)], host = [new Mmap(Window, 0x1000, Protection.Read, FixedPrivate)];
        Divergence found = judge.Compare(host, model)!;
        string text = found.ToString();
        Assert.Contains("100000000-100001000 r--p 00000000", text);
        Assert.Contains("100000000-100002000 r--p 00000000", text);
        Assert.Contains("new Mmap(Window, 0x1000, Protection.Read, MapFlags.Private | MapFlags.Fixed | MapFlags.Anonymous));", text);
    }

    [HostFact]
    public void An_executor_that_dies_is_reported_and_replaced()
    {
        const ulong Page = 4096;
        using var executor = new HostExecutor();
        var suicide = new Batch();
        suicide.Add(HostCall.Munmap, ExecutorImage.Code, Page);
        Assert.Throws<ExecutorDiedException>(() => executor.Run(suicide));
        var next = new Batch();
        int request = next.Add(HostCall.Brk);
        Assert.Equal((long)(ExecutorImage.Code + Page), executor.Run(next).Value(request));
    }

    [HostFact]
    public void Each_batch_starts_in_a_fresh_address_space()
    {
        using var executor = new HostExecutor();
        var batch = new Batch();
        batch.Add(HostCall.Mmap, 0, 4096, (ulong)ReadWrite, (ulong)(MapFlags.Private | MapFlags.Anonymous), ulong.MaxValue);
        long first = executor.Run(batch).Value(0);
        Assert.True(first > 0);
        Assert.Equal(first, executor.Run(batch).Value(0));
    }

    [HostFact]
    public void The_generator_makes_the_same_program_from_the_same_seed()
    {
        Assert.Equal(Generator.Program(7, 40), Generator.Program(7, 40));
        Assert.NotEqual(Generator.Program(7, 40), Generator.Program(8, 40));
    }

    private static void Shrinks(Func<Step, Step> flaw, Aspect aspect, params Step[] smallest)
    {
        using var judge = new Judge();
        Divergence? Compare(IReadOnlyList<Step> program) => judge.Compare(program, [.. program.Select(flaw)]);
        Divergence found = Compare(Long)!;
        Assert.NotNull(found);
        Divergence shrunk = new Shrinker(Compare).Shrink(found);
        Assert.Equal(SourceCode.TestOf(smallest), SourceCode.TestOf(shrunk.Program));
        Assert.Equal(aspect, shrunk.Aspect);
    }
}
