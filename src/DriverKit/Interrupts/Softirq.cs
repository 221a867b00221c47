namespace DriverKit.Interrupts;

/// <summary><c>enum</c> of <c>linux/interrupt.h</c>: the softirqs, the most urgent first.</summary>
public enum Softirq
{
    /// <summary><c>HI_SOFTIRQ</c>: tasklets of high priority.</summary>
    Hi,

    /// <summary><c>TIMER_SOFTIRQ</c>: timers.</summary>
    Timer,

    /// <summary><c>NET_TX_SOFTIRQ</c>.</summary>
    NetTx,

    /// <summary><c>NET_RX_SOFTIRQ</c>.</summary>
    NetRx,

    /// <summary><c>BLOCK_SOFTIRQ</c>.</summary>
    Block,

    /// <summary><c>TASKLET_SOFTIRQ</c>: tasklets.</summary>
    Tasklet,

    /// <summary><c>SCHED_SOFTIRQ</c>.</summary>
    Sched,

    /// <summary><c>RCU_SOFTIRQ</c>: a softirq of its own since Linux 2.6.25; in 2.6.20 it is a tasklet.</summary>
    Rcu,
}
