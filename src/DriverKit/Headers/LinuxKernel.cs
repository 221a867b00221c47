using System.Text;
using DriverKit.Contracts;
using DriverKit.Memory.Physical;
using DriverKit.Primitives;

namespace DriverKit.Headers;

/// <summary><c>linux/kernel.h</c>.</summary>
/// <remarks>Source: include/linux/kernel.h and kernel/printk.c of Linux 2.6.20.</remarks>
public static class LinuxKernel
{
    /// <summary><c>printk(KERN_WARNING …)</c>: the level of a line that gives none. Every context; never sleeps.</summary>
    public static void Printk(string message) => Printk(LogLevel.Warning, message);

    /// <summary><c>printk(KERN_… …)</c>. Every context; never sleeps.</summary>
    public static void Printk(LogLevel level, string message) => Kernel.Current("printk").Log.Write(level, message);

    /// <summary><c>might_sleep()</c>: says that the caller may sleep, and checks that it may.</summary>
    /// <exception cref="KernelOopsException">DK1002 and kin: called in atomic context.</exception>
    [MightSleep]
    public static void MightSleep() => AtomicContext.MightSleep(Kernel.Current("might_sleep").Machine, "might_sleep");

    /// <summary><c>sprintf(buf, fmt, …)</c>: a text, as a C# string with what it holds in braces, and a zero behind it. Every context; never sleeps.</summary>
    /// <returns>Bytes written, without the zero.</returns>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static int Sprintf([WritesMemory] KernelVirtualAddress buffer, string text) => Snprintf(buffer, int.MaxValue, text);

    /// <summary><c>snprintf(buf, size, fmt, …)</c>: the same, in at most <paramref name="size"/> bytes with the zero. Every context; never sleeps.</summary>
    /// <returns>Bytes the whole text has, without the zero, also when they did not fit.</returns>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static int Snprintf(
        [WritesMemory(SizeParameter = nameof(size))] KernelVirtualAddress buffer,
        [Unit(AddressUnit.Bytes)] ulong size,
        string text)
    {
        Kernel kernel = Kernel.Current("snprintf");
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (size == 0)
            return bytes.Length;
        ulong length = Math.Min((ulong)bytes.Length, size - 1);
        kernel.AddressSpace.CopyTo(buffer, bytes.AsSpan(0, (int)length));
        kernel.AddressSpace.Store(buffer + length, (byte)0);
        return bytes.Length;
    }

    /// <summary><c>simple_strtoul(cp, endp, base)</c>: the number a text in kernel memory begins with. Every context; never sleeps.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">Where the digits end; the text itself when it has none.</param>
    /// <param name="numberBase">2 to 36; 0: hexadecimal after 0x, octal after 0, else decimal.</param>
    /// <returns>The number; 0 without digits. One that is too large wraps.</returns>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static ulong SimpleStrtoul([ReadsMemory] KernelVirtualAddress text, out KernelVirtualAddress end, uint numberBase)
    {
        Kernel kernel = Kernel.Current("simple_strtoul");
        KernelVirtualAddress at = text;
        bool hasPrefix = Peek(0) == '0' && char.ToLowerInvariant(Peek(1)) == 'x' && char.IsAsciiHexDigit(Peek(2));
        if (numberBase == 0)
            numberBase = hasPrefix ? 16u : Peek(0) == '0' ? 8u : 10;
        if (numberBase == 16 && hasPrefix)
            at += 2ul;
        ulong value = 0;
        for (; char.IsAsciiLetterOrDigit(Peek(0)); at += 1ul)
        {
            uint digit = char.IsAsciiDigit(Peek(0)) ? Peek(0) - (uint)'0' : char.ToLowerInvariant(Peek(0)) - (uint)'a' + 10;
            if (digit >= numberBase)
                break;
            value = unchecked(value * numberBase + digit);
        }

        end = at;
        return value;

        char Peek(ulong offset) => (char)kernel.AddressSpace.Load<byte>(at + offset);
    }

    /// <summary><c>simple_strtol(cp, endp, base)</c>: the same, with a minus sign in front or none. Every context; never sleeps.</summary>
    /// <param name="text">The text.</param>
    /// <param name="end">Where the digits end.</param>
    /// <param name="numberBase">2 to 36; 0: hexadecimal after 0x, octal after 0, else decimal.</param>
    /// <returns>The number; 0 without digits. One that is too large wraps.</returns>
    /// <exception cref="KernelOopsException">Some of it is not kernel memory.</exception>
    public static long SimpleStrtol([ReadsMemory] KernelVirtualAddress text, out KernelVirtualAddress end, uint numberBase) =>
        Kernel.Current("simple_strtol").AddressSpace.Load<byte>(text) == '-'
            ? unchecked(-(long)SimpleStrtoul(text + 1ul, out end, numberBase))
            : unchecked((long)SimpleStrtoul(text, out end, numberBase));
}
