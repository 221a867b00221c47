using System.Collections.Immutable;
using System.Text.RegularExpressions;
using DriverKit.Analyzers.Suppressors;
using DriverKit.Analyzers.Tests.Corpus;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DriverKit.Analyzers.Tests.Suppressors;

/// <summary>A line ends in <c>// quiet CS8618</c> where the diagnostic is suppressed, and in <c>// loud CS8618</c> where it stays. Diagnostics of the platform's analyzers
/// are reported by a stand-in, at what follows a comment with their id.</summary>
public sealed partial class SuppressorTests
{
    [Fact]
    public Task FieldsSetInInit() => Verify<FieldSetInInitSuppressor>("""
        sealed class Demo : KernelModule
        {
            private MiscDevice _misc; // quiet CS8618
            private FileOperations _fops; // quiet CS8618
            private Page _page; // quiet CS8618
            private WorkqueueStruct _queue; // quiet CS8618
            private TaskStruct _thread; // loud CS8618: set later
            private object _maybe; // loud CS8618: set on some paths
            private object _left, _right; // quiet CS8618, CS8618
            private object Property { get; set; } // quiet CS8618
            private object _lambda; // loud CS8618
            private object _after; // loud CS8618: after a success
            private object _out; // quiet CS8618
            private static object s_static; // loud CS8618

            public override KernelResult Init()
            {
                if (AllocPage(GfpFlags.Kernel) is not { } page)
                    return -ENOMEM;
                _page = page;
                (_left, _right) = (new(), new());
                this.Property = page;
                if (!Make(true, out _out) || RefCount > 3)
                    return -EIO;
                if (RefCount > 1)
                    _maybe = new();
                Action set = () => _lambda = new();
                _fops = new() { Owner = this };
                _misc = new() { Name = "demo", Fops = _fops };
                s_static = page;
                if (RefCount > 2)
                    return 0;
                _after = new();
                return MiscRegister(_misc);
            }

            private bool Make(bool x, out object made)
            {
                made = new();
                _queue = CreateWorkqueue("demo")!;
                return x;
            }

            private void Start() => _thread = KthreadRun(static _ => 0, null, "t")!;
        }

        sealed class WithConstructor : KernelModule
        {
            private object _set, _unset;

            public WithConstructor(int n) { } // quiet CS8618, and loud CS8618

            public override KernelResult Init() => Set() ? 0 : -EIO;

            private bool Set() => (_set = new()) is not null;
        }

        sealed class NoModule
        {
            private object _field; // loud CS8618

            public KernelResult Init()
            {
                _field = new();
                return 0;
            }
        }
        """);

    [Fact]
    public Task ParametersOfModules() => Verify<ModuleParamSuppressor>("""
        sealed class Demo : KernelModule
        {
            [ModuleParam] private int _delay; // quiet CS0649
            private int _other; // loud CS0649
            [ModuleParam] private int /*IDE0044*/_speed = 3; // quiet IDE0044
            private int /*IDE0044*/_size = 3; // loud IDE0044

            public override KernelResult Init() => _delay + _other + _speed + _size;
        }
        """);

    [Fact]
    public Task ArgumentsOfOperations() => Verify<OperationArgumentSuppressor>("""
        public sealed class Demo
        {
            private readonly VmOperationsStruct _vmOps;

            public Demo() => _vmOps = new() { Open = Count };

            public FileOperations Fops(KernelModule owner) => new() { Owner = owner, Mmap = this.Mmap, Release = Release };

            public KernelResult Mmap(OpenFile filp, VmAreaStruct vma) => /*CA1062*/vma.Length == 0 ? -EINVAL : 0; // quiet CA1062

            public static KernelResult Release(Inode inode, OpenFile filp)
            {
                /*CA1062*/filp.PrivateData = null; // quiet CA1062
                return 0;
            }

            public static void Count(VmAreaStruct vma) => Printk(/*CA1062*/vma.ToString()); // quiet CA1062

            public static KernelResult Handle(Inode inode, OpenFile filp) => /*CA1062*/filp.FCount; // loud CA1062

            public static IrqReturn Handler(int irq, object device) => /*CA1062*/device.Equals(irq) ? IrqHandled : IrqNone; // quiet CA1062

            public static void Expired(object? data) => Printk(/*CA1062*/data!.ToString()!); // quiet CA1062

            public static void Later(object data) => Printk(/*CA1062*/data.ToString()!); // loud CA1062

            public KernelResult Start(TimerList timer)
            {
                SetupTimer(timer, Expired, this);
                Action<object> later = Later;
                later(this);
                return RequestIrq(4, Handler!, Irqf.Shared, "demo", this);
            }
        }
        """);

    [Fact]
    public Task ClassesOfModules() => Verify<ModuleClassSuppressor>("""
        internal abstract class Base : KernelModule;
        internal sealed class /*CA1812*/Demo : Base // quiet CA1812
        {
            public override KernelResult Init() => 0;
        }
        internal sealed class /*CA1812*/Other; // loud CA1812
        """);

    [Fact]
    public Task ResultsThatNeedNoLook() => Verify<UncheckedResultSuppressor>("""
        sealed class Demo
        {
            static int Own() => 3;

            void M(TimerList timer, MiscDevice misc)
            {
                /*IDE0058*/ModTimer(timer, Jiffies); // quiet IDE0058
                /*IDE0058*/MiscDeregister(misc); // quiet IDE0058
                /*IDE0058*/MiscRegister(misc); // loud IDE0058
                /*IDE0058*/Own(); // loud IDE0058
            }
        }
        """);

    [Fact]
    public Task FieldsThatOthersChange() => Verify<SharedFieldSuppressor>("""
        sealed class Demo
        {
            private bool _flag;
            private readonly bool _fixed = true;

            void M(bool local)
            {
                _flag = false;
                if (/*CA1508*/_flag) // loud CA1508: nothing has run since
                    return;
                Schedule();
                if (/*CA1508*/!_flag) // quiet CA1508
                    return;
                if (/*CA1508*/local || _fixed) // loud CA1508
                    return;
            }

            void Loop()
            {
                _flag = false;
                while (/*CA1508*/!_flag) // quiet CA1508
                    CpuRelax();
            }
        }
        """);

    private static async Task Verify<TSuppressor>(string source)
        where TSuppressor : DiagnosticSuppressor, new()
    {
        var compilation = CorpusCompilation.Create(source);
        Assert.Empty(compilation.GetDiagnostics().Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var suppressor = new TSuppressor();
        var ids = suppressor.SupportedSuppressions.Select(static each => each.SuppressedDiagnosticId).ToList();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, _, _) => throw exception, concurrentAnalysis: false, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true);
        var diagnostics = await compilation.WithAnalyzers([suppressor, new StandIn()], options).GetAllDiagnosticsAsync();
        var actual = diagnostics.Where(diagnostic => ids.Contains(diagnostic.Id))
            .Select(static diagnostic => (diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1, diagnostic.IsSuppressed, diagnostic.Id));
        var expected = source.Split('\n').SelectMany(static (line, index) => Marker().Matches(line).SelectMany(match =>
            match.Groups["id"].Captures.Select(id => (index + 1, match.Groups["how"].Value == "quiet", id.Value))));
        Assert.Equal(expected.Order(), actual.Order());
    }

    [GeneratedRegex(@"(?<how>quiet|loud) (?<id>[A-Z]+\d{4})(, (?<id>[A-Z]+\d{4}))*")]
    private static partial Regex Marker();

    /// <summary>Reports what a comment asks for, where an analyzer of the platform would.</summary>
#pragma warning disable RS1036, RS1038, RS1041, RS2008 // It stands for analyzers that are elsewhere.
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class StandIn : DiagnosticAnalyzer
    {
        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
            [.. new[] { "CA1062", "CA1508", "CA1812", "IDE0044", "IDE0058" }.Select(static id => new DiagnosticDescriptor(id, id, id, "Platform", DiagnosticSeverity.Warning, true))];

        public override void Initialize(AnalysisContext context)
        {
            context.EnableConcurrentExecution();
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.RegisterSyntaxTreeAction(tree => Report(tree, SupportedDiagnostics));
        }

        private static void Report(SyntaxTreeAnalysisContext context, ImmutableArray<DiagnosticDescriptor> rules)
        {
            foreach (var comment in context.Tree.GetRoot(context.CancellationToken).DescendantTrivia())
            {
                if (rules.FirstOrDefault(rule => comment.ToString() == $"/*{rule.Id}*/") is not { } rule)
                    continue;
                var token = comment.Token.Span.Start > comment.SpanStart ? comment.Token : comment.Token.GetNextToken();
                var node = token.Parent!.AncestorsAndSelf().TakeWhile(each => each.GetFirstToken() == token).OfType<ExpressionSyntax>().LastOrDefault();
                context.ReportDiagnostic(Diagnostic.Create(rule, Location.Create(context.Tree, node?.Span ?? token.Span)));
            }
        }
    }
#pragma warning restore RS1036, RS1038, RS1041, RS2008
}
