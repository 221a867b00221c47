using System;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2009: registers are no memory.</summary>
internal sealed class IoMemoryDereferenced() : ForeignAddressCheck(Descriptors.DK2009_IoMemoryDereferenced)
{
    protected override bool IsWrong(string what, string kind) => kind == Addresses.IoMemory && !what.StartsWith(UserSide, StringComparison.Ordinal);

    protected override string Advice(string function) => function switch
    {
        "Load" => "use Readb, Readw or Readl",
        "Store" => "use Writeb, Writew or Writel",
        "Memset" => "use MemsetIo",
        "Memcpy" => "use MemcpyFromio or MemcpyToio",
        _ => "copy it to kernel memory by MemcpyFromio first",
    };
}
