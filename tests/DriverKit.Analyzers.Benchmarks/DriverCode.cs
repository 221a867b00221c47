using System.Globalization;
using System.Text;

namespace DriverKit.Analyzers.Benchmarks;

/// <summary>Writes modules of a few hundred lines, one to a file, until there are as many lines as asked for.</summary>
internal static class DriverCode
{
    private const int MembersPerModule = 24;

    /// <summary>One member in so many is hot in ordinary driver code.</summary>
    private const int HotOneIn = 7;

    public static int Write(string folder, Mix mix, int lines)
    {
        int written = 0;
        for (int module = 0; written < lines; module++)
        {
            string source = Module(module, mix);
            File.WriteAllText(Path.Combine(folder, $"Module{module}.cs"), source);
            written += source.AsSpan().Count('\n');
        }

        return written;
    }

    private static string Module(int number, Mix mix)
    {
        var source = new StringBuilder(mix == Mix.Unrelated ? PlainHead : DriverHead);
        for (int i = 0; i < MembersPerModule; i++)
        {
            int member = (number * MembersPerModule) + i;
            bool isHot = mix == Mix.Heavy || (mix == Mix.Driver && member % HotOneIn == 0);
            var snippets = mix == Mix.Unrelated ? Snippets.Unrelated : isHot ? Snippets.Hot : Snippets.Plain;
            int choice = isHot && mix == Mix.Driver ? member / HotOneIn : member;
            source.Append(snippets[choice % snippets.Length].Replace("@", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)).Append("\n\n");
        }

        source.Append(Tail);
        return source.Replace("#", number.ToString(CultureInfo.InvariantCulture)).ToString();
    }

    private const string DriverHead = """
        using System.Text;

        namespace Drivers;

        internal sealed class Module# : KernelModule
        {
            private static readonly PhysicalAddress Start = new(0xd000_0000);

            private readonly MiscDevice _misc;
            private readonly List<Request> _queue = [];
            private readonly List<KernelLogicalAddress> _tables = [];
            private readonly uint[] _geometry = new uint[8];
            private IoAddress _registers;
            private KernelVirtualAddress _buffer;
            private ulong _length;
            private long _reads;
            private uint _level;
            private int _packets, _bytes, _oversized, _runts;

            public Module#() => _misc = new() { Name = "module#", Fops = new() { Owner = this, Open = Open, Release = Release } };

            public override KernelResult Init()
            {
                _registers = Ioremap(Start, PageSize);
                if (_registers.IsNull)
                    return -ENOMEM;
                _length = 16 * PageSize;
                _buffer = Vmalloc(_length);
                if (_buffer.IsNull)
                {
                    Iounmap(_registers);
                    return -ENOMEM;
                }

                return MiscRegister(_misc);
            }

            public override void Exit()
            {
                MiscDeregister(_misc);
                foreach (KernelLogicalAddress table in _tables)
                    Kfree(table);
                Vfree(_buffer);
                Iounmap(_registers);
            }

            private static KernelResult Open(Inode inode, OpenFile filp) => 0;

            private static KernelResult Release(Inode inode, OpenFile filp) => 0;


        """;

    private const string PlainHead = """
        using System.Text;

        namespace Drivers;

        internal sealed class Module#
        {
            private readonly List<Request> _queue = [];
            private int _packets, _bytes, _oversized, _runts;

            public string Name { get; } = "module#";

            private static int Load(string path) => path.Length == 0 ? 0 : path[0];


        """;

    private const string Tail = """
            private sealed class Request
            {
                public uint Tag { get; set; }

                public bool IsDone { get; set; }

                public int Status { get; set; }

                public long Sector { get; set; }

                public List<(long Start, int Length)> Parts { get; } = [];
            }
        }

        """;
}
