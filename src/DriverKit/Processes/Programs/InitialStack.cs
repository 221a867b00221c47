using System.Text;
using DriverKit.Primitives;

namespace DriverKit.Processes;

/// <summary>What a new program finds on its stack.</summary>
/// <remarks><code>
///  stack pointer                                                                              top
///  +------+--------+---+--------+---+----------------+-----+--------+--------+-----------+------+
///  | argc | argv[] | 0 | envp[] | 0 | auxv, AT_NULL  | gap | argv's | envp's | file name | NULL |
///  +------+--------+---+--------+---+----------------+-----+--------+--------+-----------+------+
///    multiple of 16                                          strings, each with its zero
/// </code>
/// Source: <c>copy_strings</c>, fs/exec.c, and <c>create_elf_tables</c>, fs/binfmt_elf.c; limits: execve(2).</remarks>
/// <param name="Bytes">The bytes from the stack pointer to the top.</param>
/// <param name="StackPointer">Where they start, <c>start_stack</c>.</param>
/// <param name="ArgStart"><c>arg_start</c>: the first argument's text; where the last one ends the environment starts.</param>
/// <param name="EnvStart"><c>env_start</c>, also <c>arg_end</c>.</param>
/// <param name="EnvEnd"><c>env_end</c>.</param>
/// <param name="Auxv">The whole auxiliary vector, for <c>saved_auxv</c>.</param>
internal sealed record InitialStack(
    byte[] Bytes, UserVirtualAddress StackPointer, UserVirtualAddress ArgStart, UserVirtualAddress EnvStart, UserVirtualAddress EnvEnd, AuxEntry[] Auxv)
{
    /// <summary><c>MAX_ARG_STRLEN</c>: a single string may take 32 pages, its zero included.</summary>
    private const int MaxString = 32 * (int)PageGeometry.PageSize;

    /// <summary><c>ARG_MAX</c>: what arguments and environment may always take together.</summary>
    private const ulong MinTotal = 32 * PageGeometry.PageSize;

    /// <summary>What they may never exceed: three quarters of the usual stack limit of 8 MiB.</summary>
    private const ulong MaxTotal = 6ul << 20;

    private const ulong Alignment = 16;

    /// <summary>Lays the stack out.</summary>
    /// <param name="format">The program's word size.</param>
    /// <param name="top">The first address above the stack; whole pages.</param>
    /// <param name="limit">RLIMIT_STACK in bytes; a quarter of it is for arguments and environment.</param>
    /// <param name="fileName">The path the program was started by, for AT_EXECFN.</param>
    /// <param name="argv">The arguments. None: one empty string, as in Linux since 5.18.</param>
    /// <param name="envp">The environment.</param>
    /// <param name="auxv">The auxiliary vector without AT_EXECFN and AT_NULL.</param>
    /// <param name="stack">The stack; null on an error.</param>
    /// <returns>0, or E2BIG.</returns>
    public static KernelResult Build(
        ElfFormat format, UserVirtualAddress top, ulong limit, string fileName, IReadOnlyList<string> argv, IReadOnlyList<string> envp,
        IReadOnlyList<AuxEntry> auxv, out InitialStack? stack)
    {
        stack = null;
        if (argv.Count == 0)
            argv = [""];
        var strings = new Strings(Room(format, limit, argv.Count, envp.Count));
        if (!strings.Add(argv, out int[] arguments) || !strings.Add(envp, out int[] environment) || !strings.Add([fileName], out int[] name))
            return -Errno.E2BIG;

        ulong start = top.Value - (ulong)format.PointerSize - (ulong)strings.Length;
        AuxEntry[] vector = [.. auxv, new(AuxType.FileName, start + (ulong)name[0]), new(AuxType.Null, 0)];
        int words = 1 + argv.Count + 1 + envp.Count + 1 + 2 * vector.Length;
        ulong pointer = (start - (ulong)(words * format.PointerSize)) & ~(Alignment - 1);

        var writer = new CStructWriter(format.Is64Bit);
        writer.Long((ulong)argv.Count);
        WriteTable(writer, start, arguments);
        WriteTable(writer, start, environment);
        foreach (AuxEntry entry in vector)
        {
            writer.Long((ulong)entry.Type);
            writer.Long(entry.Value);
        }

        writer.Zero((int)(start - pointer) - writer.Length);
        strings.CopyTo(writer);
        writer.Zero(format.PointerSize);
        ulong envStart = start + (ulong)(environment.Length > 0 ? environment[0] : name[0]);
        stack = new(writer.ToArray(), new(pointer), new(start), new(envStart), new(start + (ulong)name[0]), vector);
        return 0;
    }

    /// <summary>Bytes for strings when the pointers to them have been paid for (<c>bprm_stack_limits</c>).</summary>
    private static ulong Room(ElfFormat format, ulong limit, int arguments, int environment)
    {
        ulong total = Math.Max(Math.Min(limit / 4, MaxTotal), MinTotal);
        ulong pointers = ((ulong)arguments + (ulong)environment) * (ulong)format.PointerSize;
        return total > pointers ? total - pointers : 0;
    }

    private static void WriteTable(CStructWriter writer, ulong start, int[] offsets)
    {
        foreach (int offset in offsets)
            writer.Long(start + (ulong)offset);
        writer.Long(0);
    }

    /// <summary>The strings one after another, each with its zero, within a limit.</summary>
    private sealed class Strings(ulong room)
    {
        private readonly MemoryStream _bytes = new();

        public int Length => (int)_bytes.Length;

        /// <summary>Adds strings and says where each starts; false when one is too long or there is no room.</summary>
        public bool Add(IReadOnlyList<string> strings, out int[] offsets)
        {
            offsets = new int[strings.Count];
            for (int i = 0; i < offsets.Length; i++)
            {
                offsets[i] = Length;

                // A zero inside ends the string, as it would in C.
                string text = strings[i].Split('\0', 2)[0];
                if (text.Length >= MaxString || Encoding.UTF8.GetByteCount(text) >= MaxString)
                    return false;
                _bytes.Write(Encoding.UTF8.GetBytes(text));
                _bytes.WriteByte(0);
                if ((ulong)Length > room)
                    return false;
            }

            return true;
        }

        public void CopyTo(CStructWriter writer) => writer.Bytes(_bytes.GetBuffer().AsSpan(0, Length));
    }
}
