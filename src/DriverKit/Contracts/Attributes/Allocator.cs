namespace DriverKit.Contracts;

/// <summary>What hands out something that must be given back, for <see cref="AllocatesWithAttribute"/> and <see cref="FreesWithAttribute"/>.</summary>
public enum Allocator
{
    /// <summary>From <c>kmalloc</c> and kin; <c>kfree</c>.</summary>
    Kmalloc,

    /// <summary>From <c>alloc_pages</c> and <c>__get_free_pages</c>; <c>free_pages</c>, with the same order.</summary>
    Pages,

    /// <summary>From <c>vmalloc</c>; <c>vfree</c>.</summary>
    Vmalloc,

    /// <summary>From <c>kmem_cache_alloc</c>; <c>kmem_cache_free</c>, with the same cache.</summary>
    SlabObject,

    /// <summary>From <c>kmem_cache_create</c>; <c>kmem_cache_destroy</c>.</summary>
    SlabCache,

    /// <summary>From <c>kmap</c>; <c>kunmap</c>. Both know the page.</summary>
    Kmap,

    /// <summary>From <c>ioremap</c>; <c>iounmap</c>.</summary>
    Ioremap,

    /// <summary>From <c>ioport_map</c>; <c>ioport_unmap</c>.</summary>
    IoportMap,

    /// <summary>A reference to a page that somebody else has too: <c>get_page</c>; <c>put_page</c>.</summary>
    PageReference,

    /// <summary>A counted reference to an object: <c>kref_get</c>; <c>kref_put</c>.</summary>
    Kref,

    /// <summary>From <c>request_irq</c>; <c>free_irq</c>, with the same line and device id.</summary>
    Irq,

    /// <summary>From <c>register_chrdev_region</c> and <c>alloc_chrdev_region</c>; <c>unregister_chrdev_region</c>, with the same first number and count.</summary>
    ChrdevRegion,

    /// <summary>From <c>register_chrdev</c>; <c>unregister_chrdev</c>, with the same major.</summary>
    Chrdev,

    /// <summary>From <c>cdev_add</c>; <c>cdev_del</c>.</summary>
    Cdev,

    /// <summary>From <c>misc_register</c>; <c>misc_deregister</c>.</summary>
    MiscDevice,

    /// <summary>Physical addresses: <c>request_mem_region</c>; <c>release_mem_region</c>, with the same start and length.</summary>
    MemRegion,

    /// <summary>I/O ports: <c>request_region</c>; <c>release_region</c>, with the same start and length.</summary>
    IoRegion,

    /// <summary>From <c>create_proc_entry</c> and kin; <c>remove_proc_entry</c>, with the same name and parent.</summary>
    ProcEntry,

    /// <summary>From <c>class_create</c>; <c>class_destroy</c>, which takes devices and files of the class along.</summary>
    DeviceClass,

    /// <summary>From <c>class_create_file</c>; <c>class_remove_file</c>.</summary>
    ClassFile,

    /// <summary>From <c>device_create</c>; <c>device_destroy</c>, with the same class and number, which takes files of the device along.</summary>
    Device,

    /// <summary>From <c>device_create_file</c>; <c>device_remove_file</c>.</summary>
    DeviceFile,

    /// <summary>From <c>create_workqueue</c>; <c>destroy_workqueue</c>.</summary>
    Workqueue,

    /// <summary>From <c>kthread_create</c> and <c>kthread_run</c>; <c>kthread_stop</c>, unless its function returns by itself.</summary>
    Kthread,
}
