using System.Globalization;
using DriverKit.Tests.Support;

namespace DriverKit.Tests.Sys;

/// <summary>Parameters of modules: on insmod's command line and in /sys/module.</summary>
public sealed class ModuleParameterTests : KernelTest
{
    private const string Parameters = "/sys/module/param/parameters/";

    [Fact]
    public void Insmod_sets_parameters_before_Init_runs()
    {
        Kernel kernel = Boot();
        var module = new ParamModule();
        kernel.InsertModule(module, "  scull_major=42 scull_nr_devs=0x10  greeting=hello  irq-line=017 debug  big=-5");
        Assert.Equal((42, 16u, "hello", (short)15, true, -5L), (module.AtInit, module.ScullNrDevs, module.Greeting, module.IRQLine, module.Debug, module.Big));
        Assert.Equal("42\n", kernel.ReadFile(Parameters + "scull_major"));
        Assert.Equal("16\n", kernel.ReadFile(Parameters + "scull_nr_devs"));
        Assert.Equal("15\n", kernel.ReadFile(Parameters + "irq_line"));
        Assert.Equal("Y\n", kernel.ReadFile(Parameters + "debug"));
        Assert.Equal("hello\n", kernel.ReadFile(Parameters + "greeting"));
    }

    [Fact]
    public void Without_arguments_they_are_what_the_module_says()
    {
        Kernel kernel = Boot();
        kernel.InsertModule(new ParamModule());
        UserProcess process = kernel.CreateProcess("p");
        Assert.Equal(
            ["big", "debug", "greeting", "irq_line", "letter", "list", "renamed", "scull_major", "scull_nr_devs"],
            process.Getdents(process.Open(Parameters)).Select(entry => entry.DName).Where(name => name[0] != '.').Order(StringComparer.Ordinal));
        Assert.Equal("1,2,3\n", kernel.ReadFile(Parameters + "list"));
        Assert.Equal("N\n", kernel.ReadFile(Parameters + "debug"));
        Assert.Equal("<NULL>\n", kernel.ReadFile(Parameters + "greeting"));
        Assert.Equal("A\n", kernel.ReadFile(Parameters + "letter"));
        Assert.Equal("7\n", kernel.ReadFile(Parameters + "renamed"));
        Assert.Equal((0x81A4u, 4096), (process.Stat(Parameters + "scull_major").StMode, process.Stat(Parameters + "scull_major").StSize));
        Assert.Equal(0x8124u, process.Stat(Parameters + "big").StMode);
    }

    [Fact]
    public void Quotes_keep_blanks_together()
    {
        Kernel kernel = Boot();
        foreach ((string arguments, string expected) in new[]
        {
            ("greeting=\"a b\" scull_major=1", "a b"), ("\"greeting=a b\" scull_major=1", "a b"), ("greeting=a\"b c\" scull_major=1", "a\"b c\""),
            ("greeting= scull_major=1", ""), ("greeting=a=b scull_major=1", "a=b"), ("scull_major=1 greeting=\"x y", "x y"), ("scull_major=1 greeting=z\0 unknown=1", "z"),
        })
        {
            var module = new ParamModule();
            kernel.InsertModule(module, arguments);
            Assert.Equal((expected, 1), (module.Greeting, module.AtInit));
            kernel.RemoveModule(module);
        }
    }

    [Theory]
    [InlineData("foo=1", "ENOENT", "param: Unknown parameter `foo'")]
    [InlineData("foo", "ENOENT", "param: Unknown parameter `foo'")]
    [InlineData("=", "ENOENT", "param: Unknown parameter `='")]
    [InlineData("hidden_field=1", "ENOENT", "param: Unknown parameter `hidden_field'")]
    [InlineData("ScullMajor=1", "ENOENT", "param: Unknown parameter `ScullMajor'")]
    [InlineData("scull_major", "EINVAL", "param: `' invalid for parameter `scull_major'")]
    [InlineData("scull_major=", "EINVAL", "param: `' invalid for parameter `scull_major'")]
    [InlineData("scull_major=x", "EINVAL", "param: `x' invalid for parameter `scull_major'")]
    [InlineData("scull_major=2147483648", "EINVAL", "param: `2147483648' invalid for parameter `scull_major'")]
    [InlineData("scull_nr_devs=-1", "EINVAL", "param: `-1' invalid for parameter `scull_nr_devs'")]
    [InlineData("irq_line=32768", "EINVAL", "param: `32768' invalid for parameter `irq_line'")]
    [InlineData("letter=256", "EINVAL", "param: `256' invalid for parameter `letter'")]
    [InlineData("debug=maybe", "EINVAL", "param: `maybe' invalid for parameter `debug'")]
    [InlineData("greeting", "EINVAL", "greeting: string parameter expected")]
    [InlineData("list=1,2,3,4", "EINVAL", "list: can only take 3 arguments")]
    [InlineData("list=1,,3", "EINVAL", "param: `1,,3' invalid for parameter `list'")]
    [InlineData("list", "EINVAL", "list: expects arguments")]
    public void What_insmod_cannot_use_is_refused_and_logged(string arguments, string errno, string line)
    {
        Kernel kernel = Boot();
        var module = new ParamModule();
        SyscallException refused = Assert.Throws<SyscallException>(() => kernel.InsertModule(module, arguments));
        Assert.Equal((errno, -1), (refused.Errno.Name, module.AtInit));
        Assert.Contains(line, kernel.LogLines());
        Assert.Empty(kernel.Modules);
        Expect.Errno(ENOENT, () => kernel.CreateProcess("p").Stat("/sys/module/param"));
    }

    [Fact]
    public void A_string_of_more_than_1024_characters_is_too_large()
    {
        Kernel kernel = Boot();
        Expect.Errno(ENOSPC, () => kernel.InsertModule(new ParamModule(), "greeting=" + new string('x', 1025)));
        Assert.Contains("greeting: string parameter too long", kernel.LogLines());
        kernel.InsertModule(new ParamModule(), "greeting=" + new string('x', 1024));
    }

    [Theory]
    [InlineData("42abc", 42)]
    [InlineData("0x2Az", 42)]
    [InlineData("0X2a", 42)]
    [InlineData("052", 42)]
    [InlineData("08", 0)]
    [InlineData("0x", 0)]
    [InlineData("-42", -42)]
    [InlineData("-2147483648", int.MinValue)]
    public void Numbers_are_read_as_C_reads_them(string text, int value)
    {
        var module = new ParamModule();
        Boot().InsertModule(module, "scull_major=" + text);
        Assert.Equal(value, module.AtInit);
    }

    [Theory]
    [InlineData("y", true)]
    [InlineData("Yes", true)]
    [InlineData("1", true)]
    [InlineData("n", false)]
    [InlineData("No", false)]
    [InlineData("0", false)]
    public void Truth_is_its_first_letter(string text, bool value)
    {
        var module = new ParamModule { Debug = !value };
        Boot().InsertModule(module, "debug=" + text);
        Assert.Equal(value, module.Debug);
    }

    [Fact]
    public void Writable_parameters_change_while_the_module_runs()
    {
        Kernel kernel = Boot();
        var module = new ParamModule();
        kernel.InsertModule(module, "list=5,6");
        Assert.Equal("5,6\n", kernel.ReadFile(Parameters + "list"));
        Assert.Equal((2, 5, 6, 3), (module.ListCount, module.List[0], module.List[1], module.List[2]));
        Write(kernel, "scull_major", "123\n");
        Assert.Equal("123\n", kernel.ReadFile(Parameters + "scull_major"));
        Write(kernel, "list", "9\n");
        Assert.Equal("9\n", kernel.ReadFile(Parameters + "list"));
        Expect.Errno(EINVAL, () => Write(kernel, "scull_major", "x"));
        Expect.Errno(EINVAL, () => Write(kernel, "list", "1,2,3,4"));
        Expect.Errno(EACCES, () => Write(kernel, "big", "1"));
        Assert.Equal(123, module.ScullMajor);
        UserProcess user = kernel.CreateProcess("user");
        user.Setuid(1000);
        Expect.Errno(EACCES, () => user.Open(Parameters + "scull_major", OpenFlags.WriteOnly));
        user.Close(user.Open(Parameters + "scull_major"));
    }

    [Fact]
    public void The_directory_of_a_module_comes_with_it_and_goes_with_it()
    {
        Kernel kernel = Boot();
        var module = new ParamModule();
        UserProcess process = kernel.CreateProcess("p");
        kernel.InsertModule(module);
        Assert.Equal("0\n", kernel.ReadFile("/sys/module/param/refcnt"));
        int fd = process.Open(Parameters + "scull_major");
        Assert.Equal("1\n", kernel.ReadFile("/sys/module/param/refcnt"));
        Expect.Errno(EAGAIN, () => kernel.RemoveModule(module));
        process.Close(fd);
        kernel.RemoveModule(module);
        Expect.Errno(ENOENT, () => process.Stat("/sys/module/param"));
        kernel.InsertModule(new Bare());
        Assert.Equal(["refcnt"], process.Getdents(process.Open("/sys/module/bare")).Select(entry => entry.DName).Where(name => name[0] != '.'));
        Expect.Errno(EEXIST, () => kernel.InsertModule(new Bare(), "x=1"));
    }

    [Fact]
    public void A_module_whose_Init_fails_or_throws_leaves_no_directory()
    {
        Kernel kernel = Boot();
        var module = new ParamModule { Init0 = () => -ENODEV };
        Expect.Errno(ENODEV, () => kernel.InsertModule(module));
        module.Init0 = () => throw new InvalidOperationException("broken");
        Expect.Oops("broken", () => kernel.InsertModule(module));
        Expect.Errno(ENOENT, () => kernel.CreateProcess("p").Stat("/sys/module/param"));
        module.Init0 = () => int.Parse(kernel.ReadFile(Parameters + "scull_major").Trim(), CultureInfo.InvariantCulture) == 9 ? 0 : -EIO;
        kernel.InsertModule(module, "scull_major=9");
    }

    [Fact]
    public void What_cannot_be_a_parameter_is_a_bug_of_the_module()
    {
        Kernel kernel = Boot();
        Expect.Oops("module_param(address): KernelVirtualAddress is no type of parameters", () => kernel.InsertModule(new BadType()));
        Expect.Oops("module_param(constant): Constant cannot be set", () => kernel.InsertModule(new ReadOnlyField()));
        Expect.Oops("module_param_array(list): Missing is no int field", () => kernel.InsertModule(new BadCount()));
        Assert.Throws<ArgumentNullException>(() => kernel.InsertModule(new Bare(), null!));
    }

    private static void Write(Kernel kernel, string name, string text)
    {
        UserProcess process = kernel.CreateProcess("echo");
        process.Write(process.Open(Parameters + name, OpenFlags.WriteOnly), System.Text.Encoding.ASCII.GetBytes(text));
    }

    private abstract class ParamBase : KernelModule
    {
        [ModuleParam(SIrugo)]
        public long Big = 1L << 40;
    }

    private sealed class ParamModule : ParamBase
    {
#pragma warning disable CS0649, IDE0044 // insmod sets it
        [ModuleParam(SIrugo)]
        private string? _greeting;
#pragma warning restore CS0649, IDE0044

        [ModuleParam(SIrugo | SIwusr)]
        public int ScullMajor = -2;

        [ModuleParam(SIrugo)]
        public uint ScullNrDevs = 4;

        [ModuleParam]
        public int HiddenField2 { get; set; }

        [ModuleParam(SIrugo | SIwusr, Num = nameof(ListCount))]
        public int[] List = [1, 2, 3];

        public int ListCount = 3;

        [ModuleParam(SIrugo)]
        public byte Letter = (byte)'A';

        [ModuleParam(SIrugo, Name = "renamed")]
        public ushort Something = 7;

        [ModuleParam(SIrugo)]
        public short IRQLine { get; set; }

        [ModuleParam(SIrugo | SIwusr)]
        public bool Debug { get; set; }

        public string? Greeting => _greeting;

        public int AtInit { get; private set; } = -1;

        public Func<KernelResult>? Init0 { get; set; }

        public override string Name => "param";

        public override KernelResult Init()
        {
            AtInit = ScullMajor;
            return Init0?.Invoke() ?? 0;
        }
    }

    private sealed class Bare : KernelModule
    {
        public override KernelResult Init() => 0;
    }

    private sealed class BadType : KernelModule
    {
        [ModuleParam]
        public KernelVirtualAddress Address { get; set; }

        public override KernelResult Init() => 0;
    }

    private sealed class ReadOnlyField : KernelModule
    {
        [ModuleParam]
        public readonly int Constant = 1;

        public override KernelResult Init() => 0;
    }

    private sealed class BadCount : KernelModule
    {
        [ModuleParam(Num = "Missing")]
        public int[] List = [];

        public override KernelResult Init() => 0;
    }
}
