namespace DriverKit.Contracts;

/// <summary><c>enum km_type</c>: the slots of kmap_atomic, one set per processor (<c>asm/kmap_types.h</c>, i386).</summary>
public enum KmType
{
    /// <summary><c>KM_BOUNCE_READ</c>.</summary>
    BounceRead,

    /// <summary><c>KM_SKB_SUNRPC_DATA</c>.</summary>
    SkbSunrpcData,

    /// <summary><c>KM_SKB_DATA_SOFTIRQ</c>.</summary>
    SkbDataSoftirq,

    /// <summary><c>KM_USER0</c>: process context.</summary>
    User0,

    /// <summary><c>KM_USER1</c>: process context.</summary>
    User1,

    /// <summary><c>KM_BIO_SRC_IRQ</c>.</summary>
    BioSrcIrq,

    /// <summary><c>KM_BIO_DST_IRQ</c>.</summary>
    BioDstIrq,

    /// <summary><c>KM_PTE0</c>.</summary>
    Pte0,

    /// <summary><c>KM_PTE1</c>.</summary>
    Pte1,

    /// <summary><c>KM_IRQ0</c>: interrupt handlers.</summary>
    Irq0,

    /// <summary><c>KM_IRQ1</c>: interrupt handlers.</summary>
    Irq1,

    /// <summary><c>KM_SOFTIRQ0</c>: softirqs and tasklets.</summary>
    Softirq0,

    /// <summary><c>KM_SOFTIRQ1</c>: softirqs and tasklets.</summary>
    Softirq1,
}
