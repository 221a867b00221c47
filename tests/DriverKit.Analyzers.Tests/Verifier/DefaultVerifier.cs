namespace DriverKit.Analyzers.Tests.Verifier;

/// <summary>How a verifier fails a test.</summary>
public interface IVerifier
{
    void Fail(string message);
}

/// <summary>Fails it through xunit.</summary>
public sealed class DefaultVerifier : IVerifier
{
    public void Fail(string message) => Assert.Fail(message);
}
