namespace Drivers.ScullN0;

/// <summary>The commands of scull's ioctl.</summary>
internal static class ScullN0Ioctl
{
    public const uint Reset = 0x6b00;
    public const uint SetQuantum = 0x4004_6b01;
    public const uint GetQuantum = 0x8004_6b05;
    public const uint TellQSet = 0x6b04;
    public const uint QueryQSet = 0x6b08;
}
