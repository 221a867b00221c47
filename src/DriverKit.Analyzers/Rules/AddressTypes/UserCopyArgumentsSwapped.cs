using System;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2008: a user access has a user's side and the kernel's.</summary>
internal sealed class UserCopyArgumentsSwapped() : ForeignAddressCheck(Descriptors.DK2008_UserCopyArgumentsSwapped)
{
    protected override bool IsWrong(string what, string kind) =>
        what.StartsWith(UserSide, StringComparison.Ordinal) ? kind != Addresses.User : what.StartsWith(KernelSide, StringComparison.Ordinal) && kind == Addresses.User;

    protected override string Advice(string function) => "the target comes first, then the source; one of them is the process's";
}
