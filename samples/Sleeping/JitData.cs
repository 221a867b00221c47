// What jit's timers and tasklets work on: a piece of kernel memory, and the objects that C would have in it.
namespace Samples.Sleeping;

internal sealed class JitData(KernelLogicalAddress memory)
{
    public const string Header = "   time   delta  inirq    pid   cpu command\n";
    public const int AsyncLoops = 5;

    private const ulong Size = 20;

    public TimerList Timer { get; } = new();

    public TaskletStruct Tlet { get; } = new();

    public WaitQueueHead Wait { get; } = new("jit_data.wait");

    public KernelLogicalAddress Memory => memory;

    public ulong PrevJiffies
    {
        get => Load<ulong>(memory);
        set => Store(memory, value);
    }

    /// <summary>Where the next line goes.</summary>
    public KernelLogicalAddress Buf
    {
        get => new(Load<ulong>(memory + 8));
        set => Store(memory + 8, value.Value);
    }

    /// <summary>Lines that are still to come.</summary>
    public int Loops
    {
        get => Load<int>(memory + 16);
        set => Store(memory + 16, value);
    }

    /// <returns>The data, with the first two lines in the page; null: no memory.</returns>
    public static JitData? Begin(KernelLogicalAddress page)
    {
        KernelLogicalAddress memory = Kmalloc(Size, GfpFlags.Kernel);
        if (memory.IsNull)
            return null;
        ulong now = Jiffies;
        var data = new JitData(memory) { PrevJiffies = now, Buf = page + Sprintf(page, Header), Loops = AsyncLoops };
        data.Print(now);
        return data;
    }

    public void Print(ulong now)
    {
        KernelLogicalAddress buf = Buf;
        Buf = buf + Sprintf(buf,
            $"{CLong.Of(now),9}  {CLong.Of(now - PrevJiffies),3}     {(InInterrupt() ? 1 : 0)}    {Current.Pid,6}   {SmpProcessorId()}   {Current.Comm}\n");
    }
}
