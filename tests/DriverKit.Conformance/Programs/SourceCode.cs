using System.Text;

namespace DriverKit.Conformance.Programs;

/// <summary>Programs as C# source.</summary>
internal static class SourceCode
{
    /// <summary>A test method that runs the program.</summary>
    public static string TestOf(IReadOnlyList<Step> program)
    {
        var text = new StringBuilder("    [HostFact]\n    public void A_program() => Agree(\n");
        return text.AppendJoin(",\n", program.Select(step => "        " + Of(step))).Append(");\n").ToString();
    }

    /// <summary>The expression that makes the step.</summary>
    public static string Of(Step step) => step switch
    {
        Mmap s => $"new Mmap({s.Address}, {Hex(s.Length)}, {Flags(s.Protection)}, {Flags(s.Flags)}{(s.File < 0 ? "" : $", {s.File}")}{(s.Offset == 0 ? "" : $", Offset: {Hex(s.Offset)}")})",
        Open s => $"new Open({s.File}, \"{s.Path}\", {Flags(s.Flags)})",
        Close s => $"new Close({s.File})",
        Read s => $"new Read({s.File}, {s.Address}, {Hex(s.Length)})",
        Write s => $"new Write({s.File}, {s.Address}, {Hex(s.Length)})",
        Pread s => $"new Pread({s.File}, {s.Address}, {Hex(s.Length)}, {Hex(s.Offset)})",
        Pwrite s => $"new Pwrite({s.File}, {s.Address}, {Hex(s.Length)}, {Hex(s.Offset)})",
        Ftruncate s => $"new Ftruncate({s.File}, {Hex(s.Length)})",
        Fsync s => $"new Fsync({s.File})",
        Unlink s => $"new Unlink(\"{s.Path}\")",
        Contents s => $"new Contents({s.File})",
        Lseek s => $"new Lseek({s.File}, {s.Offset}, {nameof(SeekWhence)}.{s.Whence})",
        MakePipe s => $"new MakePipe({s.Reading}, {s.Writing}, {Flags(s.Flags)})",
        Splice s => $"new Splice({s.From}, {s.OffIn}, {s.To}, {s.OffOut}, {Hex(s.Length)}, {Flags(s.Flags)})",
        Tee s => $"new Tee({s.From}, {s.To}, {Hex(s.Length)}, {Flags(s.Flags)})",
        Vmsplice s => $"new Vmsplice({s.File}, {s.Address}, {Hex(s.Length)}, {Flags(s.Flags)})",
        BytesInPipe s => $"new BytesInPipe({s.File})",
        Munmap s => $"new Munmap({s.Address}, {Hex(s.Length)})",
        Mprotect s => $"new Mprotect({s.Address}, {Hex(s.Length)}, {Flags(s.Protection)})",
        Mremap s => $"new Mremap({s.Address}, {Hex(s.Length)}, {Hex(s.NewLength)}, {Flags(s.Flags)}{(s.NewAddress == default ? "" : $", {s.NewAddress}")})",
        Madvise s => $"new Madvise({s.Address}, {Hex(s.Length)}, {Flags(s.Advice)})",
        Mincore s => $"new Mincore({s.Address}, {Hex(s.Length)})",
        Msync s => $"new Msync({s.Address}, {Hex(s.Length)}, {Flags(s.Flags)})",
        Mlock s => $"new Mlock({s.Address}, {Hex(s.Length)})",
        Munlock s => $"new Munlock({s.Address}, {Hex(s.Length)})",
        Mlockall s => $"new Mlockall({Flags(s.Flags)})",
        Munlockall => "new Munlockall()",
        Brk s => $"new Brk({s.Address})",
        Load s => $"new Load({s.Address}, {s.Width})",
        Store s => $"new Store({s.Address}, {Hex(s.Value)}, {s.Width})",
        Dump => "new Dump()",
        Fork s => $"new Fork({string.Join(", ", s.Child.Select(Of))})",
        _ => throw new InvalidOperationException($"No source for {step}."),
    };

    private static string Hex(ulong value) => value < 10 ? $"{value}" : $"0x{value:x}";

    private static string Hex(long value) => value < 0 ? $"{value}" : Hex((ulong)value);

    private static string Flags<T>(T flags) where T : struct, Enum
    {
        string text = flags.ToString();
        string type = typeof(T).Name;
        return int.TryParse(text, out int number)
            ? number < 0 ? $"({type})({number})" : $"({type})0x{number:x}"
            : string.Join(" | ", text.Split(", ").Select(name => $"{type}.{name}"));
    }
}
