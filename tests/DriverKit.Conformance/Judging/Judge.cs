using DriverKit.Conformance.Host;
using DriverKit.Conformance.Model;
using DriverKit.Conformance.Programs;

namespace DriverKit.Conformance.Judging;

/// <summary>Runs a program in both worlds and finds the first step after which they differ.</summary>
internal sealed class Judge : IDisposable
{
    private readonly HostExecutor _executor = new();
    private readonly HostRunner _host;
    private readonly ModelRunner _model;

    public Judge()
    {
        _host = new HostRunner(_executor, Surroundings.Host);
        _model = new ModelRunner(Surroundings.Host);
    }

    /// <summary>The same program in both worlds.</summary>
    /// <returns>The first difference; null when there is none.</returns>
    public Divergence? Compare(IReadOnlyList<Step> program) => Compare(program, program);

    /// <summary>A program on the host and another on the model, for a judge that must find something.</summary>
    public Divergence? Compare(IReadOnlyList<Step> hostProgram, IReadOnlyList<Step> modelProgram)
    {
        List<Observation> host = _host.Run(hostProgram), model = _model.Run(modelProgram);
        for (int i = 0; i < Math.Min(host.Count, model.Count); i++)
        {
            if (model[i].Deviates)
                return null;
            if (host[i].DifferenceFrom(model[i]) is { } aspect)
                return new(hostProgram, host[i], model[i], aspect);
        }

        return host.Count == model.Count ? null : new(hostProgram, host[^1], model[^1], Aspect.Crash);
    }

    public void Dispose() => _executor.Dispose();
}

/// <summary>A program after one step of which the two worlds differ.</summary>
internal sealed record Divergence(IReadOnlyList<Step> Program, Observation Host, Observation Model, Aspect Aspect)
{
    /// <summary>What stays the same while the program shrinks: the kind of step and the kind of difference.</summary>
    public (Type Step, Aspect Aspect, string Host, string Model) Kind =>
        (Host.Step.GetType(), Aspect, Class(Host), Class(Model));

    /// <summary>Both answers side by side and the program as a test, ready to be pasted.</summary>
    public override string ToString() => $"""
        After step {Host.Where}, {SourceCode.Of(Host.Step)}, the {Aspect} differ.
        {SideBySide.Format("the host", Host.Describe(Aspect), "the model", Model.Describe(Aspect), onlyDifferent: Aspect == Aspect.Pages)}
        The program as a test:

        {SourceCode.TestOf(Program)}
        """;

    private string Class(Observation seen) => Aspect switch
    {
        Aspect.Result when seen.Value is < 0 and > -4096 => seen.Describe(Aspect),
        Aspect.Signal => $"{seen.Fault.Signal} {seen.Fault.Code}",
        _ => "",
    };
}
