namespace DriverKit.Primitives;

/// <summary>What a kernel function or a driver operation returns: a count (or an offset, or zero) or a negated errno.
/// <c>return -EFAULT;</c>, <c>return 0;</c> and <c>return count;</c> compile; <c>return EFAULT;</c> does not.</summary>
/// <remarks>The range -4095 to -1 means an error, as in <c>linux/err.h</c> (<c>IS_ERR_VALUE</c>).</remarks>
public readonly record struct KernelResult
{
    private const long MaxErrno = 4095;

    private KernelResult(long value) => Value = value;

    /// <summary>Zero: it worked and there is nothing to count.</summary>
    public static KernelResult Success => default;

    /// <summary>The raw number: a count, or minus the errno.</summary>
    public long Value { get; }

    /// <summary>True for -4095 to -1.</summary>
    public bool IsError => Value is < 0 and >= -MaxErrno;

    /// <summary>True when it is not an error.</summary>
    public bool IsSuccess => !IsError;

    /// <summary>The errno of an error; <see cref="Errno.None"/> for anything else.</summary>
    public Errno Errno => IsError ? new Errno((int)-Value) : Errno.None;

    /// <summary>A count.</summary>
    public static implicit operator KernelResult(int count) => new(count);

    /// <summary>A count or an offset.</summary>
    public static implicit operator KernelResult(long count) => new(count);

    /// <summary>A count.</summary>
    public static implicit operator KernelResult(uint count) => new(count);

    /// <summary>A count. A number with the top bit set reads as negative, as a <c>size_t</c> returned as <c>ssize_t</c> does.</summary>
    public static implicit operator KernelResult(ulong count) => new(unchecked((long)count));

    /// <summary>A negated errno; the same as <c>-errno</c>.</summary>
    public static KernelResult FromErrno(Errno errno) => new(-errno.Number);

    /// <summary><c>-EFAULT</c> or the count.</summary>
    public override string ToString() => IsError ? $"-{Errno.Name}" : Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
