namespace DriverKit.Analyzers.Tests.Corpus;

/// <summary>The format of the corpus files.</summary>
public sealed class CorpusFileTests
{
    [Fact]
    public void Cases_KeepTheLinesOfTheirFile()
    {
        var file = Parse("// DK1002 Title", "", "//// buggy one", "// scull access.c", "class A", "{ Bug(); } // DK1002, DK3003: both", "//// correct two", "class B { }");
        Assert.Empty(file.Faults);
        var (one, two) = (file.Cases[0], file.Cases[1]);
        Assert.Equal([(6, "DK1002"), (6, "DK3003")], one.Expected);
        Assert.Equal("{ Bug(); } // DK1002, DK3003: both", one.Source.Split('\n')[6 - 1]);
        Assert.True(one.IsBuggy);
        Assert.Equal(("two", false, null), (two.Name, two.IsBuggy, two.KnownMiss));
        Assert.Empty(two.Expected);
    }

    [Fact]
    public void KnownMiss_HasAReason()
    {
        var file = Parse("// DK1002 Title", "//// buggy one known-miss: through an array", "{ } // DK1002");
        Assert.Empty(file.Faults);
        Assert.Equal("through an array", Assert.Single(file.Cases).KnownMiss);
    }

    [Theory]
    [InlineData("a title without an id", "//// buggy one", "{ } // DK1002")]
    [InlineData("// DK1002 Title", "class Before { }", "//// buggy one", "{ } // DK1002")]
    [InlineData("// DK1002 Title", "//// buggy")]
    [InlineData("// DK1002 Title", "//// wrong one", "{ } // DK1002")]
    [InlineData("// DK1002 Title", "//// buggy one known-miss:", "{ } // DK1002")]
    [InlineData("// DK1002 Title", "//// buggy one", "{ }")]
    [InlineData("// DK1002 Title", "//// buggy one", "{ } // DK1003")]
    [InlineData("// DK1002 Title", "//// buggy one", "// DK1002")]
    [InlineData("// DK1002 Title", "//// correct one", "{ } // DK1003")]
    [InlineData("// DK1002 Title", "//// correct one known-miss: nothing is wrong", "{ }")]
    [InlineData("// DK1002 Title", "//// buggy one", "{ } // DK1002", "//// buggy one", "{ } // DK1002")]
    public void Faults_AreNamed(params string[] lines) => Assert.Single(Parse(lines).Faults);

    private static CorpusFile Parse(params string[] lines) => CorpusFile.Parse("/corpus/DK1002.cs", lines);
}
