// A session with /dev/scullpipe0: what the ring takes and gives, a writer and a reader that wait for one another, polltest and asynctest.
using Samples.ScullPipe;

const string Pipe = "/dev/scullpipe0";

using Kernel kernel = Kernel.Boot(new() { MemorySize = 32.MiB() });
ScullPipeModule module = ScullPipeLoad.Load(kernel);

Heading("A call moves what lies in one piece; one byte of the 4000 is never used (O_RDWR | O_NONBLOCK)");
kernel.Spawn("shell", p =>
{
    var libc = new Libc(p);
    int fd = p.Open(Pipe, OpenFlags.ReadWrite | OpenFlags.NonBlock);
    byte[] buffer = new byte[5000];
    foreach (int count in new[] { 4000, 4000, -100, 50, 50, 60, 60, -5000, -5000, -5000 })
    {
        int done = count > 0 ? libc.Write(fd, buffer.AsSpan(0, count)) : libc.Read(fd, buffer.AsSpan(0, -count));
        Say(p, $"{(count > 0 ? "write" : "read")}({Math.Abs(count)}) = {(done < 0 ? libc.Errno.Name : done)}");
    }
});
kernel.Run();

Heading("A reader and a writer wait for one another");
kernel.Spawn("reader", p =>
{
    int fd = p.Open(Pipe);
    byte[] buffer = new byte[3000];
    int total = 0;
    while (total < 10_000)
    {
        int n = p.Read(fd, buffer);
        total += n;
        Say(p, $"read(3000) = {n}, {total} in all");
        p.Nanosleep(TimeSpan.FromMilliseconds(10));
    }
});
kernel.Spawn("writer", p =>
{
    p.Nanosleep(TimeSpan.FromMilliseconds(5));
    int fd = p.Open(Pipe, OpenFlags.WriteOnly);
    for (int left = 10_000; left > 0;)
    {
        int n = p.Write(fd, new byte[left]);
        Say(p, $"write({left}) = {n}");
        left -= n;
    }
});
kernel.Run();

Heading("polltest <scullpipe0 >/poll.txt");
Copy("polltest", Polltest.Run, "/poll.txt", "one\n", "two\n");

Heading("asynctest <scullpipe0 >/async.txt: the writer's words come by SIGIO");
Copy("asynctest", Asynctest.Run, "/async.txt", "three\n", "four\n");

Heading("What the driver said, the last lines of dmesg");
foreach (LogLine line in kernel.Log.Lines.TakeLast(4))
    Console.WriteLine($"  {line.Message}");

ScullPipeLoad.Unload(kernel, module);
return kernel.IsTainted ? 1 : 0;

void Copy(string name, UserProgram program, string output, params string[] words)
{
    UserProcess copier = Shell.Start(kernel, name, program, Pipe, output);
    kernel.Spawn("echo", p =>
    {
        p.Nanosleep(TimeSpan.FromMilliseconds(1));
        int fd = p.Open(Pipe, OpenFlags.WriteOnly);
        foreach (string word in words)
        {
            p.Write(fd, System.Text.Encoding.ASCII.GetBytes(word));
            Say(p, $"writes {word.TrimEnd()}");
            p.Nanosleep(TimeSpan.FromSeconds(1));
            Say(p, $"finds in {output}: {kernel.ReadFile(output).TrimEnd().Replace('\n', ' ')}");
        }

        p.Kill(copier.Pid, Signal.SIGTERM);
    });
    kernel.Run();
    Console.WriteLine($"  {name} was ended by {copier.TermSignal}");
}

void Say(UserProcess p, string what) => Console.WriteLine($"  {kernel.Uptime.TotalSeconds,9:F6}  {p.Name,-8} {what}");

static void Heading(string text) => Console.WriteLine($"\n{text}");
