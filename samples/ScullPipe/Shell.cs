// A shell, as far as the sample needs one: `name args <stdin >stdout 2>stderr &`.
namespace Samples.ScullPipe;

public delegate int UserProgram(UserProcess process, params string[] args);

public static class Shell
{
    public static UserProcess Start(Kernel kernel, string name, UserProgram program, string stdin, string stdout, params string[] args) =>
        kernel.Spawn(name, process =>
        {
            Redirect(process, 0, stdin, OpenFlags.ReadOnly);
            Redirect(process, 1, stdout, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate);
            Redirect(process, 2, ErrorsOf(name), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate);
            return program(process, args);
        });

    /// <summary>The file that gets what a program writes to its standard error.</summary>
    public static string ErrorsOf(string name) => $"/{name}.err";

    private static void Redirect(UserProcess process, int fd, string path, OpenFlags flags)
    {
        int opened = process.Open(path, flags);
        if (opened == fd)
            return;
        process.Dup2(opened, fd);
        process.Close(opened);
    }
}
