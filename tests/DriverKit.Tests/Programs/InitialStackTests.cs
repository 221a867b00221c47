using System.Text;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Programs;

/// <summary>The stack a new program starts with, read as its start code would read it.</summary>
public sealed class InitialStackTests
{
    private const int MaxString = 32 * 4096;
    private const ulong UsualLimit = 8 << 20;

    public static TheoryData<bool> Classes => [false, true];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Argc_argv_envp_and_auxv_stand_in_this_order_from_the_stack_pointer_up(bool is64Bit)
    {
        var stack = new Reader(is64Bit, Build(is64Bit, ["/bin/prog", "-x", "", "ä€𝄞"], ["PATH=/bin", "EMPTY="], [new(AuxType.PageSize, 4096), new(AuxType.Uid, 0)]));
        Assert.Equal(4ul, stack.Next());
        Assert.Equal(["/bin/prog", "-x", "", "ä€𝄞"], stack.NextStrings());
        Assert.Equal(["PATH=/bin", "EMPTY="], stack.NextStrings());
        Assert.Equal([6ul, 4096ul, 11ul, 0ul, 31ul], [stack.Next(), stack.Next(), stack.Next(), stack.Next(), stack.Next()]);
        Assert.Equal("/bin/prog", stack.Text(stack.Next()));
        Assert.Equal([0ul, 0ul], [stack.Next(), stack.Next()]);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void Strings_lie_at_the_top_arguments_lowest_and_a_null_pointer_above_them(bool is64Bit)
    {
        InitialStack stack = Build(is64Bit, ["one", "two"], ["three=3"], []);
        string end = "one\0two\0three=3\0/bin/prog\0" + new string('\0', is64Bit ? 8 : 4);
        Assert.Equal(end, Encoding.UTF8.GetString(stack.Bytes.AsSpan(stack.Bytes.Length - end.Length)));
        ulong top = Top(is64Bit).Value, start = top - (ulong)end.Length;
        Assert.Equal((start, start + 8, start + 16), (stack.ArgStart.Value, stack.EnvStart.Value, stack.EnvEnd.Value));
        Assert.Equal(top, stack.StackPointer.Value + (ulong)stack.Bytes.Length);
    }

    [Theory]
    [MemberData(nameof(Classes))]
    public void The_stack_pointer_is_a_multiple_of_16_whatever_lies_above(bool is64Bit)
    {
        int word = is64Bit ? 8 : 4;
        for (int length = 0; length < 70; length++)
        {
            InitialStack stack = Build(is64Bit, [new string('a', length), "b"], [.. Enumerable.Repeat("e", length % 5)], []);
            Assert.Equal(0ul, stack.StackPointer.Value % 16);
            int used = (1 + 2 + 1 + length % 5 + 1 + 4) * word;
            Assert.InRange((int)(stack.ArgStart.Value - stack.StackPointer.Value) - used, 0, 15);
        }
    }

    [Fact]
    public void A_program_without_arguments_gets_an_empty_one_and_an_empty_environment_is_a_lone_null()
    {
        InitialStack built = Build(true, [], [], []);
        var stack = new Reader(true, built);
        Assert.Equal(1ul, stack.Next());
        Assert.Equal([""], stack.NextStrings());
        Assert.Equal([], stack.NextStrings());
        Assert.Equal(built.EnvStart, built.EnvEnd);
    }

    [Fact]
    public void A_zero_inside_an_argument_ends_it()
    {
        var stack = new Reader(true, Build(true, ["cut\0off", "next"], [], []));
        stack.Next();
        Assert.Equal(["cut", "next"], stack.NextStrings());
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_error()
    {
        var stack = new Reader(true, Build(true, ["\ud800x"], [], []));
        stack.Next();
        Assert.Equal(["\ufffdx"], stack.NextStrings());
    }

    [Theory]
    [InlineData("a", MaxString - 1, true)]
    [InlineData("a", MaxString, false)]
    [InlineData("ä", MaxString / 2 - 1, true)]
    [InlineData("ä", MaxString / 2, false)]
    public void One_string_may_take_32_pages_with_its_zero(string letter, int count, bool fits)
    {
        string text = string.Concat(Enumerable.Repeat(letter, count));
        Assert.Equal(fits, TryBuild(true, UsualLimit, [text], []).IsSuccess);
        Assert.Equal(fits, TryBuild(true, UsualLimit, ["prog"], [text]).IsSuccess);
    }

    /// <summary>The file name takes 10 bytes, each argument its pointer.</summary>
    [Theory]
    [InlineData(false, 0, 32 * 4096)]
    [InlineData(true, 0, 32 * 4096)]
    [InlineData(true, 400_000, 32 * 4096)]
    [InlineData(false, 8 << 20, 2 << 20)]
    [InlineData(true, 8 << 20, 2 << 20)]
    [InlineData(true, 24 << 20, 6 << 20)]
    [InlineData(true, ulong.MaxValue, 6 << 20)]
    public void All_together_may_take_a_quarter_of_the_stack_limit_at_least_32_pages_and_at_most_6_MiB(bool is64Bit, ulong limit, int total)
    {
        int word = is64Bit ? 8 : 4, left = total - 10;
        var arguments = new List<string>();
        for (; left > 0; left -= arguments[^1].Length + 1 + word)
            arguments.Add(new string('a', Math.Min(left - word - 1, 60_000)));
        Assert.Equal(0, left);
        Assert.True(TryBuild(is64Bit, limit, arguments, []).IsSuccess);
        arguments[^1] += 'a';
        Assert.Equal(-E2BIG, TryBuild(is64Bit, limit, arguments, []));
    }

    [Fact]
    public void Pointers_alone_can_be_too_many() => Assert.Equal(-E2BIG, TryBuild(true, 0, ["prog"], Enumerable.Repeat("", 32 * 4096 / 8).ToArray()));

    private static UserVirtualAddress Top(bool is64Bit) => new(is64Bit ? 0x7FFF_FFFF_F000ul : 0xC000_0000ul);

    private static KernelResult TryBuild(bool is64Bit, ulong limit, IReadOnlyList<string> argv, IReadOnlyList<string> envp) =>
        InitialStack.Build(new ElfFormat(is64Bit), Top(is64Bit), limit, "/bin/prog", argv, envp, [], out _);

    private static InitialStack Build(bool is64Bit, string[] argv, string[] envp, AuxEntry[] auxv)
    {
        KernelResult result = InitialStack.Build(new ElfFormat(is64Bit), Top(is64Bit), UsualLimit, "/bin/prog", argv, envp, auxv, out InitialStack? stack);
        Assert.True(result.IsSuccess);
        return stack!;
    }

    /// <summary>A process's view of the bytes.</summary>
    private sealed class Reader(bool is64Bit, InitialStack stack)
    {
        private int _at;

        public ulong Next()
        {
            ulong word = is64Bit ? BitConverter.ToUInt64(stack.Bytes, _at) : BitConverter.ToUInt32(stack.Bytes, _at);
            _at += is64Bit ? 8 : 4;
            return word;
        }

        public List<string> NextStrings()
        {
            var strings = new List<string>();
            for (ulong pointer; (pointer = Next()) != 0;)
                strings.Add(Text(pointer));
            return strings;
        }

        public string Text(ulong address)
        {
            int start = (int)(address - stack.StackPointer.Value);
            return Encoding.UTF8.GetString(stack.Bytes, start, Array.IndexOf(stack.Bytes, (byte)0, start) - start);
        }
    }
}
