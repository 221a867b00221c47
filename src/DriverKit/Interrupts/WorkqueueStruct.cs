using DriverKit.Scheduling;

namespace DriverKit.Interrupts;

/// <summary><c>struct workqueue_struct</c>: worker threads and the work they have to do (<c>linux/workqueue.h</c>). Made by <c>create_workqueue()</c>.</summary>
public sealed class WorkqueueStruct
{
    /// <summary>A queue without threads yet.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cpus">The processors that have a thread of their own; 0: one thread does everything, in the order of queueing.</param>
    internal WorkqueueStruct(string name, int cpus)
    {
        Name = name;
        IsSingleThreaded = cpus == 0;
        Workers = [.. Enumerable.Range(0, Math.Max(cpus, 1)).Select(cpu => new Worker(this, cpu))];
    }

    /// <summary><c>name</c>: that of its threads, without the number of the processor.</summary>
    public string Name { get; }

    internal bool IsSingleThreaded { get; }

    /// <summary>It is gone, and so is the memory it was in.</summary>
    internal bool IsDestroyed { get; set; }

    /// <summary>One for each processor, or one alone.</summary>
    internal Worker[] Workers { get; }

    /// <summary>The name.</summary>
    public override string ToString() => $"workqueue {Name}";

    /// <summary><c>struct cpu_workqueue_struct</c>: what one thread has to do.</summary>
    internal sealed class Worker(WorkqueueStruct queue, int cpu)
    {
        public WorkqueueStruct Queue { get; } = queue;

        public int Cpu { get; } = cpu;

        /// <summary><c>worklist</c>: oldest first.</summary>
        public Queue<WorkStruct> Works { get; } = [];

        /// <summary><c>more_work</c>: the thread waits here.</summary>
        public WaitQueueHead MoreWork { get; } = new($"of {queue} for work");

        /// <summary><c>work_done</c>: those who flush wait here.</summary>
        public WaitQueueHead WorkDone { get; } = new($"of {queue} for the end of its work");

        /// <summary><c>insert_sequence</c>: how much has been queued.</summary>
        public long Inserted { get; set; }

        /// <summary><c>remove_sequence</c>: how much has been done.</summary>
        public long Removed { get; set; }

        /// <summary><c>run_depth</c>: work that flushes its own queue does the rest itself.</summary>
        public int RunDepth { get; set; }

        /// <summary>Null until there has been something to do.</summary>
        public TaskStruct? Thread { get; set; }
    }
}
