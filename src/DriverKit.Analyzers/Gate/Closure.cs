using System;
using System.Collections.Generic;
using System.Linq;

namespace DriverKit.Analyzers.Gate;

/// <summary>Spreads what members come to along the names they use, until nothing changes: each member and name is visited a few times at most.</summary>
internal sealed class Closure
{
    /// <summary>In the place of a file: a name that every file can use.</summary>
    public const int Everywhere = -1;

    private readonly NamePool _pool;
    private readonly Reach[] _seeds;
    private readonly bool[] _isAddressType;
    private readonly int _new;
    private readonly Dictionary<(int File, int Name), List<Member>> _users = [];
    private readonly Dictionary<int, List<int>> _filesUsing = [];
    private readonly Dictionary<(int File, int Name), Reach> _holders = [];
    private readonly Dictionary<Member, List<int>> _stores = [];
    private readonly Queue<Member> _work = new();
    private readonly int[] _lastUser;
    private int _reader;

    /// <summary>Numbers the seeds and the members' names; nothing else is looked for in the texts.</summary>
    public Closure(NamePool pool, Dictionary<string, Reach> seeds, List<Member> members)
    {
        _pool = pool;
        foreach (var seed in seeds)
            pool.Add(seed.Key);
        foreach (var member in members)
        {
            foreach (string name in member.Names)
            {
                int number = pool.Add(name);
                if (member.Holds != Reach.None)
                    Merge(_holders, (ScopeOf(member), number), member.Holds);
            }
        }

        _new = pool.Add("new");
        _lastUser = new int[pool.Count];
        _seeds = new Reach[pool.Count];
        _isAddressType = new bool[pool.Count];
        foreach (var seed in seeds)
        {
            _seeds[pool.Find(seed.Key)] = seed.Value;
            _isAddressType[pool.Find(seed.Key)] = Seeds.IsAddressType(seed.Key);
        }
    }

    /// <summary>What a use of each name comes to, beyond the seeds.</summary>
    public Dictionary<(int File, int Name), Reach> Names { get; } = [];

    /// <summary>Takes in which names a member uses and which it assigns.</summary>
    public void Read(Member member, ReadOnlySpan<char> text)
    {
        _reader++;
        int before = -1;
        bool assignsTuple = false;
        var words = new Words(text);
        while (words.MoveNext())
        {
            assignsTuple |= words.FollowsAssignedTuple;
            int name = _pool.Find(words.Current, words.Hash);
            if (name >= 0)
                Use(member, name, words, before);
            before = name;
        }

        if (assignsTuple)
            StoreAll(member, text);
        if (member.Reach != Reach.None)
            _work.Enqueue(member);
    }

    /// <summary>True when some member comes to a kernel function.</summary>
    public bool Close()
    {
        bool isUsed = _work.Count > 0;
        while (_work.Count > 0)
        {
            var member = _work.Dequeue();
            foreach (string name in member.Names)
                Lead(ScopeOf(member), _pool.Find(name), member.Reach);
            if (!_stores.TryGetValue(member, out var stores))
                continue;
            foreach (int name in stores)
            {
                if (_holders.TryGetValue((member.File, name), out var local))
                    Lead(member.File, name, member.Reach & local);
                if (_holders.TryGetValue((Everywhere, name), out var global))
                    Lead(Everywhere, name, member.Reach & global);
            }
        }

        return isUsed;
    }

    /// <summary>The members whose text has a name.</summary>
    public IEnumerable<Member> MembersUsing(int name) =>
        _filesUsing.TryGetValue(name, out var files) ? files.SelectMany(file => _users[(file, name)]) : [];

    /// <summary>True when a member of the file has the name in its text.</summary>
    public bool Uses(int file, int name) => _users.ContainsKey((file, name));

    private static int ScopeOf(Member member) => member.IsPrivate ? member.File : Everywhere;

    private static bool Merge<TKey>(Dictionary<TKey, Reach> map, TKey key, Reach reach)
        where TKey : notnull
    {
        map.TryGetValue(key, out var known);
        map[key] = known | reach;
        return (known | reach) != known;
    }

    private void Use(Member member, int name, in Words words, int before)
    {
        member.Reach |= _seeds[name];
        if (_isAddressType[name] && before != _new && words.IsCalled)
            member.Reach |= Reach.Number;
        if (words.IsAssigned)
            Store(member, name);
        if (_lastUser[name] == _reader)
            return;
        _lastUser[name] = _reader;
        if (!_users.TryGetValue((member.File, name), out var users))
        {
            _users[(member.File, name)] = users = [];
            if (!_filesUsing.TryGetValue(name, out var files))
                _filesUsing[name] = files = [];
            files.Add(member.File);
        }

        users.Add(member);
    }

    /// <summary>A tuple's parts cannot be told from other words: all that can be assigned may have been.</summary>
    private void StoreAll(Member member, ReadOnlySpan<char> text)
    {
        var words = new Words(text);
        while (words.MoveNext())
        {
            int name = _pool.Find(words.Current, words.Hash);
            if (name >= 0)
                Store(member, name);
        }
    }

    private void Store(Member member, int name)
    {
        if (!_holders.ContainsKey((member.File, name)) && !_holders.ContainsKey((Everywhere, name)))
            return;
        if (!_stores.TryGetValue(member, out var stores))
            _stores[member] = stores = [];
        if (!stores.Contains(name))
            stores.Add(name);
    }

    private void Lead(int scope, int name, Reach reach)
    {
        if (reach == Reach.None || !Merge(Names, (scope, name), reach))
            return;
        if (scope != Everywhere)
        {
            Spread(scope, name, reach);
        }
        else if (_filesUsing.TryGetValue(name, out var files))
        {
            foreach (int file in files)
                Spread(file, name, reach);
        }
    }

    private void Spread(int file, int name, Reach reach)
    {
        if (!_users.TryGetValue((file, name), out var users))
            return;
        foreach (var user in users)
        {
            if ((user.Reach | reach) == user.Reach)
                continue;
            user.Reach |= reach;
            _work.Enqueue(user);
        }
    }
}
