// The parallel port's driver at work: its ports, its interrupt with each kind of bottom half, and three ways to find the line.
using Samples.Short;

bool asExpected = true;
using (var bench = new Workbench())
{
    Console.WriteLine("Pins 9 and 10 of the parallel port are joined: each step up of the data makes it interrupt.\n");
    ShortModule module = ShortLoad.Load(bench.Kernel);
    UserProcess shell = bench.Kernel.CreateProcess("sh");
    Show("insmod short.ko; grep short /proc/ioports", bench.Grep("/proc/ioports"));
    int fd = shell.Open("/dev/short0p", OpenFlags.ReadWrite);
    shell.Write(fd, "U"u8);
    Show("echo -n U > /dev/short0p; head -c1 /dev/short0s", [Workbench.Read(shell, shell.Open("/dev/short0s"), 1)]);
    shell.Exit();
    ShortLoad.Unload(bench.Kernel, module);

    Interrupt(bench, "", 3);
    Interrupt(bench, "share=1", 3);
    Interrupt(bench, "tasklet=1", 4);
    Interrupt(bench, "wq=1", 4);
}

Probe(7, "probe=1");
Probe(5, "probe=1");
Probe(9, "probe=2");
Probe(11, "probe=2"); // Not among the lines it tries: the default for the port remains.
return asExpected ? 0 : 1;

// Three interrupts in a row, and what the driver says about them.
void Interrupt(Workbench bench, string parameters, int records)
{
    ShortModule module = ShortLoad.Load(bench.Kernel, parameters);
    UserProcess shell = bench.Kernel.CreateProcess("sh");
    Show($"insmod short.ko {parameters}; grep short /proc/interrupts", bench.Grep("/proc/interrupts"));
    int fd = shell.Open("/dev/shortint", OpenFlags.ReadWrite);
    bench.Burst(3);
    string[] lines = Workbench.Read(shell, fd).TrimEnd('\n').Split('\n');
    Show("cat /dev/shortint", lines);
    Show("grep short /proc/interrupts", bench.Grep("/proc/interrupts"));
    asExpected &= lines.Length == records;
    shell.Exit();
    ShortLoad.Unload(bench.Kernel, module);
}

void Probe(int line, string parameters)
{
    using var bench = new Workbench(line);
    ShortLoad.Load(bench.Kernel, parameters);
    string[] interrupts = bench.Grep("/proc/interrupts");
    Show($"The port is on line {line}. insmod short.ko {parameters}; grep short /proc/interrupts", interrupts);
    asExpected &= interrupts is [var only] && only.TrimStart().StartsWith($"{(line == 11 ? 7 : line)}:");
}

static void Show(string command, IEnumerable<string> lines)
{
    Console.WriteLine($"# {command}");
    foreach (string text in lines)
        Console.WriteLine(text);
    Console.WriteLine();
}
