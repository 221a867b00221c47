namespace DriverKit.Tests.Primitives;

public sealed class KernelResultTests
{
    [Fact]
    public void A_negated_errno_a_count_and_zero_are_results()
    {
        static KernelResult Fails() => -EFAULT;
        static KernelResult Counts() => 4000ul;
        static KernelResult Works() => 0;

        Assert.Equal((true, -14L, Errno.EFAULT, "-EFAULT"), (Fails().IsError, Fails().Value, Fails().Errno, Fails().ToString()));
        Assert.Equal((true, 4000L, Errno.None), (Counts().IsSuccess, Counts().Value, Counts().Errno));
        Assert.Equal(KernelResult.Success, Works());
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(-4095, true)]
    [InlineData(-4096, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(0, false)]
    [InlineData(long.MaxValue, false)]
    public void Errors_are_minus_4095_to_minus_1(long value, bool isError)
    {
        KernelResult result = value;
        Assert.Equal(isError, result.IsError);
        Assert.Equal(isError ? -value : 0, result.Errno.Number);
    }

    [Fact]
    public void A_size_with_the_top_bit_set_reads_as_an_error_as_in_C()
    {
        KernelResult result = ulong.MaxValue;
        Assert.Equal(Errno.EPERM, result.Errno);
    }

    [Fact]
    public void Names_numbers_and_texts_are_those_of_Linux()
    {
        Assert.Equal((14, "EFAULT", "Bad address"), (EFAULT.Number, EFAULT.Name, EFAULT.Message));
        Assert.Equal((25, "ENOTTY", "Inappropriate ioctl for device"), (ENOTTY.Number, ENOTTY.Name, ENOTTY.Message));
        Assert.Equal((75, "EOVERFLOW"), (EOVERFLOW.Number, EOVERFLOW.Name));
        Assert.Equal(("E999", "Unknown error 999"), (new Errno(999).Name, new Errno(999).Message));
        Assert.Equal("Success", Errno.None.Message);
    }

    [Fact]
    public void Every_errno_property_carries_the_number_of_its_name()
    {
        var properties = typeof(Errno).GetProperties().Where(p => p.PropertyType == typeof(Errno) && p.Name != "None").ToArray();
        foreach (var property in properties)
            Assert.Equal(property.Name, ((Errno)property.GetValue(null)!).Name);
        Assert.Equal(Errno.All.Select(errno => errno.Name).Order(), properties.Select(p => p.Name).Order());
        Assert.Equal(
            properties.Select(p => p.Name).Order(),
            typeof(DriverKit.Headers.AsmErrno).GetProperties().Where(p => p.PropertyType == typeof(Errno)).Select(p => p.Name).Order());
    }
}
