using System.Collections.Generic;

namespace DriverKit.Analyzers.Flow;

/// <summary>A statement whose calls can end in several ways is run once for each combination: the choices made so far are played back, the
/// last one that has another way is moved on.</summary>
internal sealed class Forks
{
    private List<(int Choice, int Ways)>? _choices;
    private int _position;
    private int _runs = 1;

    /// <summary>Forgets all choices: another statement.</summary>
    public void Restart()
    {
        _choices?.Clear();
        (_position, _runs) = (0, 1);
    }

    /// <summary>Which of several ways to take now.</summary>
    public int Choose(int ways)
    {
        _choices ??= [];
        if (_position == _choices.Count)
            _choices.Add((0, ways));
        return _choices[_position++].Choice;
    }

    /// <summary>Moves on to the next combination; false when there is none, or the budget is used up.</summary>
    public bool Next()
    {
        _position = 0;
        if (_choices is not { Count: > 0 } || ++_runs > Budget.MaxForksPerStatement)
            return false;
        while (_choices.Count > 0)
        {
            var (choice, ways) = _choices[_choices.Count - 1];
            _choices.RemoveAt(_choices.Count - 1);
            if (choice + 1 < ways)
            {
                _choices.Add((choice + 1, ways));
                return true;
            }
        }

        return false;
    }
}
