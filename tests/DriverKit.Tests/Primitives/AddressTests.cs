using DriverKit.Hardware;

namespace DriverKit.Tests.Primitives;

public sealed class AddressTests
{
    [Fact]
    public void Arithmetic_is_that_of_64_bit_numbers_for_random_values()
    {
        var random = new SeededRandom(1);
        for (int i = 0; i < 20_000; i++)
        {
            // Every shift of a random number, so that small numbers, numbers near 4 GiB and numbers near the top all come up.
            ulong value = random.Next() >> (int)random.Next(64), other = random.Next() >> (int)random.Next(64);
            if (random.Next(4) == 0)
                value = ~value;
            var user = new UserVirtualAddress(value);
            ulong sum = unchecked(value + other), difference = unchecked(value - other);
            Assert.Equal(sum, (user + other).Value);
            Assert.Equal(difference, (user - other).Value);
            Assert.Equal(sum, (user + (long)other).Value);
            Assert.Equal(difference, user - new UserVirtualAddress(other));
            Assert.Equal(sum, (new PhysicalAddress(value) + other).Value);
            Assert.Equal(sum, (new KernelLogicalAddress(value) + other).Value);
            Assert.Equal(difference, (new KernelVirtualAddress(value) - other).Value);
            Assert.Equal(difference, new IoAddress(value) - new IoAddress(other));
            Assert.Equal(sum, (new BusAddress(value) + other).Value);
            Assert.Equal(value < other, user < new UserVirtualAddress(other));
            Assert.Equal(value.CompareTo(other), user.CompareTo(new UserVirtualAddress(other)));

            Assert.Equal(value % 4096, user.PageOffset);
            Assert.Equal(value - value % 4096, user.PageAlignDown.Value);
            Assert.Equal(unchecked(value + 4095) / 4096 * 4096, user.PageAlignUp.Value);
            Assert.Equal(value % 4096 == 0, user.IsPageAligned);
            Assert.Equal(value >> 12, new PhysicalAddress(value).ToPfn().Value);
        }
    }

    [Fact]
    public void A_logical_address_widens_to_a_virtual_one_and_back_only_by_a_cast()
    {
        KernelVirtualAddress wide = new KernelLogicalAddress(0xC0000123);
        Assert.Equal(0xC0000123u, wide.Value);
        Assert.Equal(new KernelLogicalAddress(0xC0000123), (KernelLogicalAddress)wide);
    }

    [Fact]
    public void Addresses_print_as_the_kernel_prints_them()
    {
        Assert.Equal("0x00001000", new UserVirtualAddress(0x1000).ToString());
        Assert.Equal("0xc0000000", new KernelLogicalAddress(0xC0000000).ToString());
        Assert.Equal("pfn 0x80", new Pfn(0x80).ToString());
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 1, 4096, 0)]
    [InlineData(4096, 1, 4096, 0)]
    [InlineData(4097, 2, 8192, 1)]
    [InlineData(16384, 4, 16384, 2)]
    [InlineData(16385, 5, 20480, 3)]
    [InlineData(4ul << 20, 1024, 4ul << 20, 10)]
    [InlineData(ulong.MaxValue, 1ul << 52, 0, 52)]
    public void Bytes_make_pages(ulong bytes, ulong pages, ulong aligned, int order)
    {
        Assert.Equal(pages, PageGeometry.PagesFor(bytes));
        Assert.Equal(aligned, PageGeometry.AlignUp(bytes));
        Assert.Equal(aligned, PageAlign(bytes));
        Assert.Equal(order, GetOrder(bytes));
    }

    [Fact]
    public void A_device_number_packs_12_bits_of_major_and_20_of_minor()
    {
        DeviceNumber device = Mkdev(254, 1_048_575);
        Assert.Equal((254u, 1_048_575u, 0x0FEF_FFFFu), (Major(device), Minor(device), device.Value));
        Assert.Equal("254:1048575", device.ToString());
        Assert.Equal("255:0", (device + 1u).ToString());
        Assert.Equal("0:0", (Mkdev(4095, DeviceNumber.MaxMinor) + 1u).ToString());
        Assert.Equal(Mkdev(0, 1), Mkdev(4096, 1_048_577));
    }
}
