// A shell, as far as the samples need one: runs a program in a process of its own and says how it ended.
namespace Samples.Simple;

public delegate int UserProgram(UserProcess process, Stream stdout, TextWriter stderr, params string[] args);

public static class Shell
{
    /// <returns>The exit code, or 128 and the signal's number.</returns>
    public static int Run(Kernel kernel, UserProgram program, Stream stdout, TextWriter stderr, string name, params string[] args)
    {
        UserProcess process = kernel.CreateProcess(name);
        int code;
        try
        {
            code = program(process, stdout, stderr, args);
        }
        catch (SignalException killer)
        {
            stderr.WriteLine(killer.Signal switch
            {
                Signal.SIGBUS => "Bus error",
                Signal.SIGSEGV => "Segmentation fault",
                _ => "Killed",
            });
            code = 128 + (int)killer.Signal;
        }

        if (process.IsAlive)
            process.Exit(code);
        return code;
    }
}
