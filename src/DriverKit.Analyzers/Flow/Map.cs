using System;
using System.Collections;
using System.Collections.Generic;

namespace DriverKit.Analyzers.Flow;

/// <summary>An immutable map of a few entries: one array, searched from end to end. At the sizes of a method's state that beats any tree by
/// far, in time and in memory.</summary>
internal sealed class Map<TKey, TValue> : IEquatable<Map<TKey, TValue>>, IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private readonly Entry[] _entries;

    private Map(Entry[] entries) => _entries = entries;

    public static Map<TKey, TValue> Empty { get; } = new([]);

    public int Count => _entries.Length;

    public bool IsEmpty => _entries.Length == 0;

    public bool TryGetValue(TKey key, out TValue value)
    {
        int index = IndexOf(key, key.GetHashCode());
        value = index < 0 ? default! : _entries[index].Value;
        return index >= 0;
    }

    public bool ContainsKey(TKey key) => IndexOf(key, key.GetHashCode()) >= 0;

    public Map<TKey, TValue> SetItem(TKey key, TValue value)
    {
        int hash = key.GetHashCode();
        int index = IndexOf(key, hash);
        var entries = new Entry[index < 0 ? _entries.Length + 1 : _entries.Length];
        Array.Copy(_entries, entries, _entries.Length);
        entries[index < 0 ? _entries.Length : index] = new(key, hash, value);
        return new(entries);
    }

    /// <summary>Each entry with what <paramref name="change"/> makes of its value; without those it drops.</summary>
    public Map<TKey, TValue> Select(Change change)
    {
        Entry[]? entries = null;
        int count = 0;
        for (int i = 0; i < _entries.Length; i++)
        {
            var entry = _entries[i];
            var value = entry.Value;
            bool isKept = change(entry.Key, ref value);
            bool isSame = isKept && Equals(value, entry.Value);
            if (!isSame && entries is null)
            {
                entries = new Entry[_entries.Length];
                Array.Copy(_entries, entries, i);
                count = i;
            }

            if (entries is not null && isKept)
                entries[count++] = isSame ? entry : new(entry.Key, entry.Hash, value);
        }

        if (entries is null)
            return this;
        Array.Resize(ref entries, count);
        return new(entries);
    }

    public bool Equals(Map<TKey, TValue>? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other.Count != Count)
            return false;
        for (int i = 0; i < _entries.Length; i++)
        {
            int index = other.IndexOf(_entries[i].Key, _entries[i].Hash, i);
            if (index < 0 || !EqualityComparer<TValue>.Default.Equals(_entries[i].Value, other._entries[index].Value))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Map<TKey, TValue>);

    public override int GetHashCode() => _entries.Length;

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator()
    {
        foreach (var entry in _entries)
            yield return new(entry.Key, entry.Value);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Where the key is; maps that grew from one another have it in the same place, so that is looked at first.</summary>
    private int IndexOf(TKey key, int hash, int guess = 0)
    {
        if (guess < _entries.Length && Is(guess, key, hash))
            return guess;
        for (int i = 0; i < _entries.Length; i++)
        {
            if (Is(i, key, hash))
                return i;
        }

        return -1;
    }

    private bool Is(int index, TKey key, int hash) => _entries[index].Hash == hash && _entries[index].Key.Equals(key);

    /// <summary>Gives an entry a new value; false drops it.</summary>
    public delegate bool Change(TKey key, ref TValue value);

    private readonly struct Entry(TKey key, int hash, TValue value)
    {
        public readonly TKey Key = key;
        public readonly int Hash = hash;
        public readonly TValue Value = value;
    }
}
