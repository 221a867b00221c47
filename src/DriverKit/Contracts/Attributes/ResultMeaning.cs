namespace DriverKit.Contracts;

/// <summary>Which results of a function say that it has taken what it was asked for, for <see cref="AcquiresAttribute.When"/>.</summary>
public enum ResultMeaning
{
    /// <summary>Every result: it always takes it.</summary>
    Always,

    /// <summary>It is true, as for <c>spin_trylock</c>.</summary>
    True,

    /// <summary>0, as for <c>down_trylock</c>.</summary>
    Zero,

    /// <summary>No negated errno, as for <c>mutex_lock_interruptible</c>.</summary>
    Success,

    /// <summary>Not null and not address 0.</summary>
    NotNull,
}
