namespace DriverKit.Benchmarks.Workloads;

/// <summary>Something to time: many times the same operation, with what must be made ready before and cleared away after, outside the clock.</summary>
internal abstract class Workload : IDisposable
{
    /// <summary>How many operations one <see cref="Run"/> does.</summary>
    public abstract int Operations { get; }

    /// <summary>Makes ready for one run; not timed.</summary>
    public virtual void Prepare()
    {
    }

    /// <summary>The operations.</summary>
    public abstract void Run();

    /// <summary>The part of the next run's time that is not the operations', measured by <see cref="Prepare"/>; taken off.</summary>
    public virtual TimeSpan Overhead => TimeSpan.Zero;

    /// <summary>Undoes what one run did; not timed.</summary>
    public virtual void CleanUp()
    {
    }

    public virtual void Dispose()
    {
    }
}
