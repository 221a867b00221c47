namespace DriverKit.Contracts;

/// <summary>On a return value: how many bytes could not be copied, so anything but 0 is a failure, and it is no errno. Write it as <c>[return: BytesNotCopied]</c>.</summary>
/// <remarks>A caller looks at it (DK5001, as <c>__must_check</c> of <c>copy_from_user</c>) and returns -EFAULT, not the number (DK5002, smatch's check_return_efault).</remarks>
[AttributeUsage(AttributeTargets.ReturnValue)]
public sealed class BytesNotCopiedAttribute : Attribute;
