using DriverKit.Analyzers.Inference;

namespace DriverKit.Analyzers.Tests.Inference;

/// <summary>The text of an inferred contract, there and back; anything else says nothing.</summary>
public sealed class ContractTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("method MightSleep")]
    [InlineData("method MightSleep(FlagsParameter=flags,If=mayWait&!isEarly,Via=Kmalloc)")]
    [InlineData("method Acquires(Spinlock,Lock=lock,When=Success); method Acquires(PreemptCount)")]
    [InlineData("return AllocatesWith(Kmalloc); 0 FreesWith(Pages,AllowsNull=true,KeyParameter=order); 12 RequiresOrigin(LowMemory,Via=A>B)")]
    public void WellFormed_RoundTrips(string text) => Assert.Equal(text, ContractText.Write(Assert.NotNull(ContractText.Read(text))));

    [Theory]
    [InlineData("MightSleep")]
    [InlineData("method")]
    [InlineData("method ")]
    [InlineData("method MightSleep;")]
    [InlineData("method MightSleep; ")]
    [InlineData("method MightSleep(")]
    [InlineData("method MightSleep(Via=)")]
    [InlineData("method MightSleep(Via=a,Via=b)")]
    [InlineData("method MightSleep(Via=a b)")]
    [InlineData("method Acquires(Spinlock,)")]
    [InlineData("method Acquires(Spinlock,Mutex)")]
    [InlineData("-1 FreesWith(Kmalloc)")]
    [InlineData("1000 FreesWith(Kmalloc)")]
    [InlineData("method MightSleep\n")]
    public void Malformed_SaysNothing(string text) => Assert.Null(ContractText.Read(text));

    [Fact]
    public void Endless_SaysNothing()
    {
        Assert.Null(ContractText.Read(null));
        Assert.Null(ContractText.Read("method MightSleep(Via=" + new string('a', 10_000) + ")"));
    }
}
