using DriverKit.Scheduling;

namespace DriverKit.Exploration;

/// <summary>Runs one schedule again. An empty one is everybody in turn, with at most a thousand preemption points before the next one's turn.</summary>
public sealed class ReplayStrategy : SchedulingStrategy
{
    private readonly Dictionary<(int Pid, int Ordinal), Deviation> _deviations = [];
    private readonly BasePolicy _base = new();
    private readonly bool _exploresTime;
    private Ordinals _ordinals = new();

    /// <summary>Decides as the schedule says.</summary>
    /// <param name="schedule">A schedule of the same scenario on the same machine.</param>
    public ReplayStrategy(RecordedSchedule schedule)
        : this((schedule ?? throw new ArgumentNullException(nameof(schedule))).Deviations) => _exploresTime = schedule.Setting.ExploreTime;

    internal ReplayStrategy(IEnumerable<Deviation> deviations)
    {
        foreach (Deviation deviation in deviations)
            _deviations[(deviation.Pid, deviation.Ordinal)] = deviation;
    }

    /// <inheritdoc/>
    public override bool ExploresTime => _exploresTime;

    /// <summary>Deviations that have not come up, or not been possible where they did: the code is not what it was when the schedule was made.</summary>
    public int Missed => _deviations.Count;

    /// <inheritdoc/>
    public override int Choose(in SchedulingPoint point)
    {
        int index = _base.Choose(point);
        (int, int) place = (point.Current.Pid, _ordinals.Next(point.Current));
        if (_deviations.Count != 0 && _deviations.TryGetValue(place, out Deviation deviation) && deviation.Find(point) is >= 0 and var found)
        {
            _deviations.Remove(place);
            index = found;
        }

        _base.Took(point, index);
        return index;
    }
}
