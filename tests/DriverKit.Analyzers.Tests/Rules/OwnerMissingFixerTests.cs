using DriverKit.Analyzers.Rules.Lifecycle;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class OwnerMissingFixerTests
{
    [Fact]
    public Task InTheModule_Added() => Verify(
        """
        using DriverKit.CharDevices;
        using static DriverKit.Headers.LinuxCdev;
        sealed class Demo : KernelModule
        {
            private readonly MiscDevice _one, _two, _three, _four;
            private readonly Cdev _cdev = new();
            public Demo()
            {
                _one = new() { Name = "one", Fops = {|DK8008:new() { Open = Open, Release = Open }|} };
                _two = new() { Name = "two", Fops = {|DK8008:new()|} };
                _three = new() { Name = "three", Fops = {|DK8008:new FileOperations { }|} };
                _four = new()
                {
                    Name = "four",
                    Fops = {|DK8008:new()
                    {
                        // Nothing but open.
                        Open = Open,
                    }|},
                };
            }
            public override KernelResult Init()
            {
                CdevInit(_cdev, {|DK8008:new FileOperations() { Open = Open }|});
                return 0;
            }
            static KernelResult Open(Inode inode, OpenFile filp) => 0;
        }
        """,
        """
        using DriverKit.CharDevices;
        using static DriverKit.Headers.LinuxCdev;
        sealed class Demo : KernelModule
        {
            private readonly MiscDevice _one, _two, _three, _four;
            private readonly Cdev _cdev = new();
            public Demo()
            {
                _one = new() { Name = "one", Fops = new() { Owner = this, Open = Open, Release = Open } };
                _two = new() { Name = "two", Fops = new() { Owner = this } };
                _three = new() { Name = "three", Fops = new FileOperations { Owner = this } };
                _four = new()
                {
                    Name = "four",
                    Fops = new()
                    {
                        Owner = this,
                        // Nothing but open.
                        Open = Open,
                    },
                };
            }
            public override KernelResult Init()
            {
                CdevInit(_cdev, new FileOperations() { Owner = this, Open = Open });
                return 0;
            }
            static KernelResult Open(Inode inode, OpenFile filp) => 0;
        }
        """);

    [Fact]
    public Task WithoutTheModule_NoFix() => Verify(
        """
        using DriverKit.CharDevices;
        sealed class Demo : KernelModule
        {
            private static readonly FileOperations Fops = {|DK8008:new() { Open = Open }|};
            private readonly FileOperations _fops = {|DK8008:new() { Open = Open }|};
            private readonly MiscDevice _one, _two;
            public Demo() => (_one, _two) = (new() { Name = "one", Fops = Fops }, new() { Name = "two", Fops = _fops });
            public override KernelResult Init() => 0;
            static KernelResult Open(Inode inode, OpenFile filp) => 0;
            sealed class Inner
            {
                private readonly MiscDevice _misc = new() { Name = "inner", Fops = {|DK8008:new() { Open = Open }|} };
            }
        }
        """,
        null);

    private static Task Verify(string source, string? fixedSource = null) =>
        CSharpCodeFixVerifier<OwnerMissing, OwnerMissingFixer, DefaultVerifier>.VerifyCodeFixAsync(source, fixedSource ?? source);
}
