namespace DriverKit.Contracts;

/// <summary>On a parameter: the value goes to a device, which knows bus addresses and no others (DK2003; <c>dma_addr_t</c> and the kernel's DMA API).</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ToDeviceAttribute : Attribute;
