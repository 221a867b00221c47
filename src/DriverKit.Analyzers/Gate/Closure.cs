using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Gate;

/// <summary>Spreads what members come to along the names they use, until nothing changes: each member and name is visited a few times at most.</summary>
/// <remarks>It is made anew after every edit, so it works on numbers in arrays: members and words, and lists of them laid end to end.</remarks>
internal sealed class Closure
{
    private readonly FileNames[] _files;

    /// <summary>The number of each file's first member, and of one past the last.</summary>
    private readonly int[] _firstMember;
    private readonly Reach[] _reach;
    private readonly Reach[] _seeds;

    /// <summary>What a use of a name that is no file's own comes to, beyond the seeds.</summary>
    private readonly Reach[] _names;

    /// <summary>What a use of a private name comes to in its file.</summary>
    private readonly Dictionary<(int File, int Name), Reach> _ownNames = [];

    /// <summary>What members of a name hold, wherever they can be assigned from.</summary>
    private readonly Reach[] _holds;
    private readonly Dictionary<(int File, int Name), Reach> _ownHolds = [];

    /// <summary>Where the members that use each name are listed in <see cref="_users"/>.</summary>
    private readonly int[] _firstUser;
    private readonly int[] _users;
    private readonly Queue<int> _work = new();

    public Closure(FileNames[] files, Dictionary<string, Reach> seeds, NamePool pool)
    {
        _files = files;
        foreach (var seed in seeds)
            pool.Add(seed.Key);
        _seeds = new Reach[pool.Count];
        _names = new Reach[pool.Count];
        _holds = new Reach[pool.Count];
        _firstUser = new int[pool.Count + 2];
        var counts = new bool[pool.Count];
        foreach (var seed in seeds)
        {
            int name = pool.Find(seed.Key);
            _seeds[name] = seed.Value;
            counts[name] = true;
        }

        _firstMember = new int[files.Length + 1];
        for (int file = 0; file < files.Length; file++)
        {
            _firstMember[file + 1] = _firstMember[file] + files[file].Members.Length;
            TakeNames(file, counts);
        }

        _reach = new Reach[_firstMember[files.Length]];
        _users = ListUsers(counts);
    }

    /// <summary>True when some member comes to a kernel function.</summary>
    /// <param name="isSeeded">Whether DriverKit's names count in a file.</param>
    [MethodImpl(Jit.AtOnce)]
    public bool Close(Func<int, bool> isSeeded)
    {
        for (int file = 0; file < _files.Length; file++)
        {
            if (isSeeded(file))
                Seed(file);
        }

        bool isUsed = _work.Count > 0;
        while (_work.Count > 0)
        {
            int number = _work.Dequeue();
            int file = FileOf(number);
            Lead(file, _files[file].Members[number - _firstMember[file]], _reach[number]);
        }

        return isUsed;
    }

    public Reach ReachOf(int file, int member) => _reach[_firstMember[file] + member];

    /// <summary>What all members of a file come to.</summary>
    public Reach ReachOf(int file)
    {
        var reach = Reach.None;
        for (int member = _firstMember[file]; member < _firstMember[file + 1]; member++)
            reach |= _reach[member];
        return reach;
    }

    /// <summary>What is led to by a name that every file can use.</summary>
    public Reach ReachOfName(int name) => name < _names.Length ? _names[name] : Reach.None;

    /// <summary>What is led to by a file's own name.</summary>
    public Reach ReachOfName(int file, int name) => _ownNames.TryGetValue((file, name), out var reach) ? reach : Reach.None;

    /// <summary>The members whose text has a name, each by its file and its index there.</summary>
    public IEnumerable<(int File, int Member)> MembersUsing(int name)
    {
        int file = 0;
        for (int user = FirstUser(name); user < FirstUser(name + 1); user++)
        {
            while (_firstMember[file + 1] <= _users[user])
                file++;
            yield return (file, _users[user] - _firstMember[file]);
        }
    }

    /// <summary>The members of a file whose text has a name, each by its index.</summary>
    public IEnumerable<int> MembersUsing(int file, int name)
    {
        for (int user = FirstUserIn(file, name); user < FirstUser(name + 1) && _users[user] < _firstMember[file + 1]; user++)
            yield return _users[user] - _firstMember[file];
    }

    [MethodImpl(Jit.AtOnce)]
    private int FirstUser(int name) => name >= 0 && name + 1 < _firstUser.Length ? _firstUser[name] : _users.Length;

    [MethodImpl(Jit.AtOnce)]
    private int FileOf(int member)
    {
        int found = Array.BinarySearch(_firstMember, member);
        if (found < 0)
            return ~found - 1;
        while (_firstMember[found + 1] == member)
            found++;
        return found;
    }

    /// <summary>Where in the list of a name's users the file's begin.</summary>
    [MethodImpl(Jit.AtOnce)]
    private int FirstUserIn(int file, int name)
    {
        int found = Array.BinarySearch(_users, FirstUser(name), FirstUser(name + 1) - FirstUser(name), _firstMember[file]);
        return found < 0 ? ~found : found;
    }

    private void TakeNames(int file, bool[] counts)
    {
        foreach (ref readonly var member in _files[file].Members.AsSpan())
        {
            foreach (int name in member.Names)
            {
                counts[name] = true;
                if (member.Holds == Reach.None)
                    continue;
                if (member.IsPrivate)
                    Merge(_ownHolds, (file, name), member.Holds);
                else
                    _holds[name] |= member.Holds;
            }
        }
    }

    /// <summary>Lists the users of the names that lead anywhere, in the order of their numbers: counted first, then put in their places.</summary>
    private int[] ListUsers(bool[] counts)
    {
        foreach (var file in _files)
        {
            foreach (ref readonly var member in file.Members.AsSpan())
            {
                foreach (int use in file.WordsOf(member))
                {
                    if (counts[FileNames.WordOf(use)])
                        _firstUser[FileNames.WordOf(use) + 2]++;
                }
            }
        }

        for (int name = 2; name < _firstUser.Length; name++)
            _firstUser[name] += _firstUser[name - 1];
        var users = new int[_firstUser[_firstUser.Length - 1]];
        int number = 0;
        foreach (var file in _files)
        {
            foreach (ref readonly var member in file.Members.AsSpan())
            {
                foreach (int use in file.WordsOf(member))
                {
                    if (counts[FileNames.WordOf(use)])
                        users[_firstUser[FileNames.WordOf(use) + 1]++] = number;
                }

                number++;
            }
        }

        return users;
    }

    [MethodImpl(Jit.AtOnce)]
    private void Seed(int file)
    {
        int number = _firstMember[file];
        foreach (ref readonly var member in _files[file].Members.AsSpan())
        {
            var reach = Reach.None;
            foreach (int use in _files[file].WordsOf(member))
            {
                reach |= _seeds[FileNames.WordOf(use)];
                if (FileNames.IsTakenApart(use))
                    reach |= Reach.Number;
            }

            _reach[number] = reach;
            if (reach != Reach.None)
                _work.Enqueue(number);
            number++;
        }
    }

    [MethodImpl(Jit.AtOnce)]
    private void Lead(int file, in Member member, Reach reach)
    {
        foreach (int name in member.Names)
            Lead(member.IsPrivate ? file : null, name, reach);
        foreach (int use in _files[file].WordsOf(member))
        {
            if (!FileNames.IsAssigned(use))
                continue;
            int name = FileNames.WordOf(use);
            if (_ownHolds.TryGetValue((file, name), out var own))
                Lead(file, name, reach & own);
            Lead(null, name, reach & _holds[name]);
        }
    }

    /// <summary>Tells the users of a name, in one file or in all, what it comes to.</summary>
    [MethodImpl(Jit.AtOnce)]
    private void Lead(int? file, int name, Reach reach)
    {
        if (reach == Reach.None)
            return;
        if (file is { } own)
        {
            if (Merge(_ownNames, (own, name), reach))
                Spread(FirstUserIn(own, name), Math.Min(FirstUser(name + 1), FirstUserIn(own + 1, name)), reach);
        }
        else if ((_names[name] | reach) != _names[name])
        {
            _names[name] |= reach;
            Spread(FirstUser(name), FirstUser(name + 1), reach);
        }
    }

    private void Spread(int first, int end, Reach reach)
    {
        for (int user = first; user < end; user++)
        {
            int member = _users[user];
            if ((_reach[member] | reach) == _reach[member])
                continue;
            _reach[member] |= reach;
            _work.Enqueue(member);
        }
    }

    private static bool Merge(Dictionary<(int File, int Name), Reach> map, (int File, int Name) key, Reach reach)
    {
        map.TryGetValue(key, out var known);
        map[key] = known | reach;
        return (known | reach) != known;
    }
}
