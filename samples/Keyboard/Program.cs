// Keys are typed on the model of the keyboard; two drivers share its line, and /dev/kbd shows what one of them has noted.
using System.Text;
using Samples.Keyboard;

using var kernel = Kernel.Boot();
var keyboard = new I8042(kernel);
var i8042 = new I8042Module();
kernel.InsertModule(i8042);
var kbd = new KbdModule();
kernel.InsertModule(kbd);
kernel.MakeNode("/dev/kbd", new(KbdModule.Major, 0));
UserProcess shell = kernel.CreateProcess("sh");

Show("insmod kbd.ko; grep kbd /proc/ioports /proc/interrupts", Grep("/proc/ioports") + Grep("/proc/interrupts"));
Typist.Type(kernel, keyboard, "hello world\n");
string typed = Cat();
Show("cat /dev/kbd", typed);
Show("grep kbd /proc/interrupts", Grep("/proc/interrupts"));
Show("dmesg | tail -3", string.Join('\n', kernel.Log.Lines.TakeLast(3)));

Typist.Type(kernel, keyboard, "secret");
int fd = shell.Open("/dev/kbd", OpenFlags.WriteOnly);
shell.Write(fd, "clear"u8);
shell.Close(fd);
string cleared = Cat();
Show("echo clear > /dev/kbd; cat /dev/kbd", cleared);
kernel.RemoveModule(kbd);
Show("rmmod kbd; grep kbd /proc/ioports /proc/interrupts", Grep("/proc/ioports") + Grep("/proc/interrupts"));
return typed == "hello world\n" && cleared.Length == 0 && i8042.Received.Count == 36 ? 0 : 1;

string Cat()
{
    byte[] buffer = new byte[KbdModule.BufferSize];
    int file = shell.Open("/dev/kbd");
    string text = Encoding.ASCII.GetString(buffer, 0, shell.Read(file, buffer));
    shell.Close(file);
    return text;
}

string Grep(string file) => string.Concat(kernel.ReadFile(file).Split('\n').Where(line => line.Contains("kbd")).Select(line => line + "\n"));

static void Show(string command, string text) => Console.WriteLine($"# {command}\n{text}");
