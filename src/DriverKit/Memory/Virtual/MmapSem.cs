using DriverKit.Primitives;

namespace DriverKit.Memory.Virtual;

/// <summary><c>mmap_sem</c>: what changes the areas of an address space holds it for writing, what looks at them for reading. The lock itself is of a floor above.</summary>
/// <remarks>Who writes holds it always, so that a look from outside waits; who reads its own address space takes it only when others use that too.</remarks>
internal abstract class MmapSem
{
    /// <summary><c>down_write(&amp;mm->mmap_sem)</c>; dispose what it returns to give it back.</summary>
    public Held Write(MmStruct mm)
    {
        DownWrite(mm);
        return new Held(this, mm, writes: true);
    }

    /// <summary><c>down_read(&amp;mm->mmap_sem)</c> for a look at the areas from wherever; dispose what it returns to give it back.</summary>
    public Held Read(MmStruct mm) => TryDownRead(mm) ? new Held(this, mm, writes: false) : default;

    /// <summary>The same for a fault.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="address">Where the fault is.</param>
    /// <exception cref="Exception">A deadlock: the task that faults holds it for writing.</exception>
    public Held ReadForFault(MmStruct mm, UserVirtualAddress address) => DownReadForFault(mm, address) ? new Held(this, mm, writes: false) : default;

    /// <summary>Waits until nobody has it.</summary>
    protected abstract void DownWrite(MmStruct mm);

    /// <summary>Gives it back.</summary>
    protected abstract void UpWrite(MmStruct mm);

    /// <summary>Waits until nobody writes.</summary>
    /// <returns>False when it need not be taken: nobody else uses the address space, or the task holds it already.</returns>
    protected abstract bool TryDownRead(MmStruct mm);

    /// <inheritdoc cref="TryDownRead"/>
    protected abstract bool DownReadForFault(MmStruct mm, UserVirtualAddress address);

    /// <summary>Gives it back.</summary>
    protected abstract void UpRead(MmStruct mm);

    /// <summary>It is held; disposing gives it back.</summary>
    public readonly ref struct Held(MmapSem sem, MmStruct mm, bool writes)
    {
        /// <summary>Gives it back, if it was taken.</summary>
        public void Dispose()
        {
            if (mm is null)
                return;
            if (writes)
                sem.UpWrite(mm);
            else
                sem.UpRead(mm);
        }
    }
}
