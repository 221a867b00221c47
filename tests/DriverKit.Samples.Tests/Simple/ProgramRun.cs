using System.Text;
using Samples.Simple;

namespace DriverKit.Samples.Tests.Simple;

/// <summary>What a user program left behind.</summary>
public sealed record ProgramRun(int Code, string Output, string Errors)
{
    public static ProgramRun Mapper(Kernel kernel, params string[] args) => Run(kernel, global::Samples.Simple.Mapper.Run, "mapper", args);

    public static ProgramRun Mapcmp(Kernel kernel, params string[] args) => Run(kernel, global::Samples.Simple.Mapcmp.Run, "mapcmp", args);

    private static ProgramRun Run(Kernel kernel, UserProgram program, string name, string[] args)
    {
        var stdout = new MemoryStream();
        var stderr = new StringWriter { NewLine = "\n" };
        int code = Shell.Run(kernel, program, stdout, stderr, name, args);
        Assert.Empty(kernel.Processes);
        return new(code, Encoding.Latin1.GetString(stdout.ToArray()), stderr.ToString());
    }
}
