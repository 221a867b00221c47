using DriverKit.Primitives;

namespace DriverKit.Contracts;

/// <summary><c>struct cdev</c>: a character device in the kernel's eyes (<c>linux/cdev.h</c>). A driver embeds it in its own device by
/// deriving from it, so that <c>container_of(inode->i_cdev, …)</c> becomes a cast.</summary>
public class Cdev
{
    /// <summary><c>cdev_alloc</c>, or a device with its operations set (<c>cdev_init</c>).</summary>
    /// <param name="ops">The operations.</param>
    public Cdev(FileOperations? ops = null) => Ops = ops;

    /// <summary><c>ops</c>.</summary>
    public FileOperations? Ops { get; set; }

    /// <summary><c>owner</c>: the module that must stay while the device is open.</summary>
    public KernelModule? Owner { get; set; }

    /// <summary><c>dev</c>: the first device number, once added.</summary>
    public DeviceNumber Dev { get; internal set; }

    /// <summary><c>count</c>: how many minors, once added.</summary>
    public uint Count { get; internal set; }
}
