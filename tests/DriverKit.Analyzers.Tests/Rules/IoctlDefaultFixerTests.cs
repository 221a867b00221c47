using DriverKit.Analyzers.Rules;
using DriverKit.Analyzers.Rules.Lifecycle;
using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class IoctlDefaultFixerTests
{
    [Fact]
    public Task Errors_Replaced() => Verify(
        """
        class Driver
        {
            FileOperations Fops(KernelModule owner) => new() { Owner = owner, Ioctl = One, UnlockedIoctl = Two };
            static KernelResult One(Inode inode, OpenFile filp, uint command, ulong argument)
            {
                if (command is 1 or 2)
                    return -EINVAL;
                return {|DK8009:-EINVAL|}; // behind
            }
            static KernelResult Two(OpenFile filp, uint command, ulong argument) => command switch
            {
                1 => 0,
                _ => {|DK8009:-Errno.ENOSYS|},
            };
        }
        """,
        """
        class Driver
        {
            FileOperations Fops(KernelModule owner) => new() { Owner = owner, Ioctl = One, UnlockedIoctl = Two };
            static KernelResult One(Inode inode, OpenFile filp, uint command, ulong argument)
            {
                if (command is 1 or 2)
                    return -EINVAL;
                return -ENOTTY; // behind
            }
            static KernelResult Two(OpenFile filp, uint command, ulong argument) => command switch
            {
                1 => 0,
                _ => -Errno.ENOTTY,
            };
        }
        """);

    [Fact]
    public Task SuccessForAll_NoFix() => Verify(
        """
        class Driver
        {
            FileOperations Fops(KernelModule owner) => new() { Owner = owner, UnlockedIoctl = Ioctl };
            static KernelResult Ioctl(OpenFile filp, uint command, ulong argument)
            {
                switch (command)
                {
                    case 1:
                        filp.FPos = 0;
                        break;
                }

                return {|DK8009:0|};
            }
        }
        """,
        null);

    private static Task Verify(string source, string? fixedSource = null) =>
        CSharpCodeFixVerifier<FlowRules, IoctlDefaultFixer, DefaultVerifier>.VerifyCodeFixAsync(source, fixedSource ?? source);
}
