using Samples.Tour;

namespace DriverKit.Samples.Tests;

public class TourTests
{
    /// <summary>All stops but the last, which runs a build; the gate runs the whole tour.</summary>
    private static string Walk(out int code)
    {
        var output = new StringWriter { NewLine = "\n" };
        code = new Guide(output, useColor: false).Walk([.. Guide.AllStops.SkipLast(1)]);
        return output.ToString();
    }

    [Fact]
    public void What_the_tour_claims_is_true()
    {
        string output = Walk(out int code);
        Assert.EndsWith(" claims checked, all true.\n", output);
        Assert.Equal(0, code);
    }

    [Fact]
    public void The_tour_is_the_same_every_time_and_plain_text()
    {
        string output = Walk(out _);
        Assert.Equal(output, Walk(out _));
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public void A_claim_that_is_not_true_fails_the_tour()
    {
        var output = new StringWriter { NewLine = "\n" };
        int code = new Guide(output, useColor: false).Walk([new("A lie", guide => guide.Claim(false, "the earth is flat"))]);
        Assert.Equal(1, code);
        Assert.Contains("NOT TRUE: the earth is flat", output.ToString());
    }
}
