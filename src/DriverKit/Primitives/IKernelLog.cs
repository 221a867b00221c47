namespace DriverKit.Primitives;

/// <summary>Where the rooms of the kernel print to (<c>printk</c>). Callable in any context; never sleeps.</summary>
public interface IKernelLog
{
    /// <summary>Adds one line.</summary>
    /// <param name="level">How urgent it is.</param>
    /// <param name="message">The line, without a line end.</param>
    void Write(LogLevel level, string message);
}

/// <summary>The urgency of a line in the kernel log (<c>KERN_EMERG</c> … <c>KERN_DEBUG</c>, <c>linux/kernel.h</c>).</summary>
public enum LogLevel
{
    /// <summary><c>KERN_EMERG</c>: the system is unusable.</summary>
    Emergency,

    /// <summary><c>KERN_ALERT</c>: action must be taken at once.</summary>
    Alert,

    /// <summary><c>KERN_CRIT</c>.</summary>
    Critical,

    /// <summary><c>KERN_ERR</c>.</summary>
    Error,

    /// <summary><c>KERN_WARNING</c>.</summary>
    Warning,

    /// <summary><c>KERN_NOTICE</c>.</summary>
    Notice,

    /// <summary><c>KERN_INFO</c>.</summary>
    Info,

    /// <summary><c>KERN_DEBUG</c>.</summary>
    Debug,
}
