using System;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Gate;

/// <summary>Numbers words: found by their letters in a text, without making a string of every occurrence.</summary>
internal sealed class NamePool
{
    private string[] _names = new string[256];
    private uint[] _hashes = new uint[256];
    private int[] _slots = new int[1024];

    public int Count { get; private set; }

    public static uint Hash(uint hash, char letter) => (hash ^ letter) * 16777619;

    [MethodImpl(Jit.AtOnce)]
    public int Add(string name) => Add(name.AsSpan(), HashOf(name));

    /// <summary>The number of the word with these letters and their hash; a new one for a new word.</summary>
    [MethodImpl(Jit.AtOnce)]
    public int Add(ReadOnlySpan<char> name, uint hash)
    {
        int slot = SlotOf(name, hash);
        if (_slots[slot] != 0)
            return _slots[slot] - 1;
        if (Count == _names.Length)
        {
            Array.Resize(ref _names, Count * 2);
            Array.Resize(ref _hashes, Count * 2);
        }

        _names[Count] = name.ToString();
        _hashes[Count] = hash;
        _slots[slot] = ++Count;
        if (Count * 2 > _slots.Length)
            Grow();
        return Count - 1;
    }

    /// <summary>The number of the name, or -1.</summary>
    public int Find(string name) => Find(name.AsSpan(), HashOf(name));

    /// <summary>The number of the word with these letters and their hash, or -1.</summary>
    public int Find(ReadOnlySpan<char> name, uint hash) => _slots[SlotOf(name, hash)] - 1;

    private static uint HashOf(string name)
    {
        uint hash = 0;
        foreach (char letter in name)
            hash = Hash(hash, letter);
        return hash;
    }

    /// <summary>The slot of the word, or the free one where it belongs.</summary>
    [MethodImpl(Jit.AtOnce)]
    private int SlotOf(ReadOnlySpan<char> name, uint hash)
    {
        int slot = Start(hash);
        while (_slots[slot] is var number and not 0)
        {
            if (_hashes[number - 1] == hash && name.SequenceEqual(_names[number - 1].AsSpan()))
                break;
            slot = (slot + 1) & (_slots.Length - 1);
        }

        return slot;
    }

    /// <summary>The hash's low bits come from few letters; the high ones join in.</summary>
    private int Start(uint hash) => (int)((hash ^ (hash >> 15)) & (uint)(_slots.Length - 1));

    private void Grow()
    {
        _slots = new int[_slots.Length * 4];
        for (int i = 0; i < Count; i++)
        {
            int slot = Start(_hashes[i]);
            while (_slots[slot] != 0)
                slot = (slot + 1) & (_slots.Length - 1);
            _slots[slot] = i + 1;
        }
    }
}
