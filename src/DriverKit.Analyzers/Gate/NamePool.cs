using System;

namespace DriverKit.Analyzers.Gate;

/// <summary>The names that matter, numbered: found by their letters in a text, without making a string of every word.</summary>
internal sealed class NamePool
{
    private string[] _names = new string[256];
    private int[] _slots = new int[1024];

    public int Count { get; private set; }

    public static uint Hash(uint hash, char letter) => (hash ^ letter) * 16777619;

    public int Add(string name)
    {
        uint hash = 0;
        foreach (char letter in name)
            hash = Hash(hash, letter);
        int slot = (int)(hash & (uint)(_slots.Length - 1));
        while (_slots[slot] != 0)
        {
            if (_names[_slots[slot] - 1] == name)
                return _slots[slot] - 1;
            slot = (slot + 1) & (_slots.Length - 1);
        }

        if (Count == _names.Length)
            Array.Resize(ref _names, Count * 2);
        _names[Count++] = name;
        _slots[slot] = Count;
        if (Count * 4 > _slots.Length)
            Grow();
        return Count - 1;
    }

    /// <summary>The number of the name, or -1.</summary>
    public int Find(string name)
    {
        uint hash = 0;
        foreach (char letter in name)
            hash = Hash(hash, letter);
        return Find(name.AsSpan(), hash);
    }

    /// <summary>The number of the name with these letters and their hash, or -1.</summary>
    public int Find(ReadOnlySpan<char> name, uint hash)
    {
        int slot = (int)(hash & (uint)(_slots.Length - 1));
        while (_slots[slot] != 0)
        {
            if (name.SequenceEqual(_names[_slots[slot] - 1].AsSpan()))
                return _slots[slot] - 1;
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return -1;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 4];
        int count = Count;
        Count = 0;
        for (int i = 0; i < count; i++)
            Add(_names[i]);
    }
}
