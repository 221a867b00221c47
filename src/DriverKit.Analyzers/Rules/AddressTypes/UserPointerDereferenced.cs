using System;

namespace DriverKit.Analyzers.Rules.AddressTypes;

/// <summary>DK2007: what a process points to is reached by the user-access functions alone.</summary>
internal sealed class UserPointerDereferenced() : ForeignAddressCheck(Descriptors.DK2007_UserPointerDereferenced)
{
    protected override bool IsWrong(string what, string kind) => kind == Addresses.User && what.StartsWith(Access, StringComparison.Ordinal);

    protected override string Advice(string function) => function switch
    {
        "Load" => "use GetUser",
        "Store" => "use PutUser",
        "Memset" => "use ClearUser",
        _ => "use CopyFromUser or CopyToUser",
    };
}
