using DriverKit.Memory.Cache;
using DriverKit.Memory.Physical;
using DriverKit.Memory.Virtual;
using DriverKit.Primitives;

namespace DriverKit.Memory.Reclaim;

/// <summary>A process as the OOM killer sees it.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Comm">The program's name.</param>
/// <param name="Mm">Its address space.</param>
/// <param name="OomScoreAdj">What the user adds to its score, in thousandths of all memory; -1000 is never.</param>
/// <param name="IsRunning">It is in the kernel now, so it can only die when it leaves: it is the one that asks for memory, or one that waits further out.</param>
internal readonly record struct OomCandidate(int Pid, string Comm, MmStruct Mm, int OomScoreAdj, bool IsRunning);

/// <summary>What the OOM killer needs of the processes.</summary>
internal interface IOomCandidates
{
    /// <summary>The program that asks for memory.</summary>
    string CurrentComm { get; }

    /// <summary>A process that has been killed has not left the kernel yet (<c>TIF_MEMDIE</c>).</summary>
    bool IsVictimDying { get; }

    /// <summary>Every process that may be killed; not one whose address space other code of the kernel works on.</summary>
    IEnumerable<OomCandidate> Candidates { get; }

    /// <summary>SIGKILL: now, or when it leaves the kernel.</summary>
    void Kill(in OomCandidate victim);
}

/// <summary><c>out_of_memory</c>: when nothing can be freed, the process that has the most memory dies.</summary>
/// <remarks>Source: mm/oom_kill.c of Linux 6.18 for who it is (<c>oom_badness</c>); the words in the log are those of 2.6.20.</remarks>
internal sealed class OomKiller(PhysicalMemory memory, SwapSpace swap, IOomCandidates processes, IKernelLog log)
{
    /// <summary>Kills a process.</summary>
    /// <returns>True when memory is free now; false when there was nobody, or a victim is still in the kernel and dies when requests like this one have failed.</returns>
    public bool Run(GfpFlags flags, int order)
    {
        log.Write(LogLevel.Warning, $"{processes.CurrentComm} invoked oom-killer: gfp_mask=0x{(uint)flags:x}, order={order}");
        if (processes.IsVictimDying)
            return false;
        OomCandidate[] candidates = [.. processes.Candidates.OrderByDescending(Badness).ThenByDescending(candidate => candidate.Pid)];
        if (candidates.Length == 0)
        {
            log.Write(LogLevel.Error, "Out of memory and no killable processes...");
            return false;
        }

        OomCandidate victim = candidates[0];
        log.Write(LogLevel.Error, $"Out of memory: kill process {victim.Pid} ({victim.Comm}) score {Math.Max(0, Badness(victim))} or a child");
        log.Write(LogLevel.Error, $"Killed process {victim.Pid} ({victim.Comm})");
        memory.VmStat.Add(VmEvent.OomKill);
        processes.Kill(victim);
        return !victim.IsRunning;
    }

    /// <summary><c>oom_badness</c>: the pages that would be free: resident ones, those in swap, and page tables.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="oomScoreAdj">What the user adds, in thousandths of all memory.</param>
    /// <param name="totalPages">All memory and swap, in pages.</param>
    public static long Badness(MmStruct mm, int oomScoreAdj, ulong totalPages) =>
        (long)(mm.Rss + mm.SwapEntries + (mm.PgtablesBytes >> PageGeometry.PageShift)) + oomScoreAdj * ((long)totalPages / 1000);

    private long Badness(OomCandidate candidate) => Badness(candidate.Mm, candidate.OomScoreAdj, memory.TotalPages + swap.TotalPages);
}
