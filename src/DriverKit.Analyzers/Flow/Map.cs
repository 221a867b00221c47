using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Flow;

/// <summary>An immutable map of a few entries: an array, searched from end to end, and over it a short one of what has been set since. At the sizes of a
/// method's state that beats any tree by far, in time and in memory; the short array is what most changes copy.</summary>
internal sealed class Map<TKey, TValue> : IEquatable<Map<TKey, TValue>>, IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    /// <summary>So many changes are kept apart before the whole is copied.</summary>
    private const int MaxRecent = 8;

    private Parts _parts;

    private Map(Entry[] entries) => _parts = new(entries, [], entries.Length);

    private Map(Parts parts) => _parts = parts;

    public static Map<TKey, TValue> Empty { get; } = new([]);

    public int Count => _parts.Count;

    public bool IsEmpty => _parts.Count == 0;

    [MethodImpl(Jit.AtOnce)]
    public bool TryGetValue(TKey key, out TValue value)
    {
        var parts = _parts;
        int hash = key.GetHashCode();
        int index = IndexOf(parts.Recent, key, hash);
        if (index >= 0)
        {
            value = parts.Recent[index].Value;
            return true;
        }

        index = IndexOf(parts.Old, key, hash);
        value = index < 0 ? default! : parts.Old[index].Value;
        return index >= 0;
    }

    /// <summary>Looks first at <paramref name="guess"/>, the key's place in a map that this one has grown from or together with.</summary>
    [MethodImpl(Jit.AtOnce)]
    public bool TryGetValue(TKey key, int guess, out TValue value)
    {
        var whole = Whole();
        int index = IndexOf(whole, key, key.GetHashCode(), guess);
        value = index < 0 ? default! : whole[index].Value;
        return index >= 0;
    }

    /// <summary>One entry, by its place.</summary>
    public KeyValuePair<TKey, TValue> At(int index)
    {
        ref readonly var entry = ref Whole()[index];
        return new(entry.Key, entry.Value);
    }

    public bool ContainsKey(TKey key) => TryGetValue(key, out _);

    [MethodImpl(Jit.AtOnce)]
    public Map<TKey, TValue> SetItem(TKey key, TValue value)
    {
        var parts = _parts;
        int hash = key.GetHashCode();
        int index = IndexOf(parts.Recent, key, hash);
        if (index < 0 && parts.Recent.Length == MaxRecent)
        {
            parts = new(Whole(), [], parts.Count);
            _parts = parts;
        }

        int count = index >= 0 || IndexOf(parts.Old, key, hash) >= 0 ? parts.Count : parts.Count + 1;
        var recent = new Entry[index < 0 ? parts.Recent.Length + 1 : parts.Recent.Length];
        Array.Copy(parts.Recent, recent, parts.Recent.Length);
        recent[index < 0 ? parts.Recent.Length : index] = new(key, hash, value);
        return new(new Parts(parts.Old, recent, count));
    }

    /// <summary>Each entry with what <paramref name="change"/> makes of its value; without those it drops.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Map<TKey, TValue> Select(Change change)
    {
        var whole = Whole();
        Entry[]? entries = null;
        int count = 0;
        for (int i = 0; i < whole.Length; i++)
        {
            var entry = whole[i];
            var value = entry.Value;
            bool isKept = change(entry.Key, ref value);
            bool isSame = isKept && EqualityComparer<TValue>.Default.Equals(value, entry.Value);
            if (!isSame && entries is null)
            {
                entries = new Entry[whole.Length];
                Array.Copy(whole, entries, i);
                count = i;
            }

            if (entries is not null && isKept)
                entries[count++] = isSame ? entry : new(entry.Key, entry.Hash, value);
        }

        if (entries is null)
            return this;
        if (count == 0)
            return Empty;
        Array.Resize(ref entries, count);
        return new(entries);
    }

    [MethodImpl(Jit.AtOnce)]
    public bool Equals(Map<TKey, TValue>? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other.Count != Count)
            return false;
        var (mine, theirs) = (Whole(), other.Whole());
        for (int i = 0; i < mine.Length; i++)
        {
            int index = IndexOf(theirs, mine[i].Key, mine[i].Hash, i);
            if (index < 0 || !EqualityComparer<TValue>.Default.Equals(mine[i].Value, theirs[index].Value))
                return false;
        }

        return true;
    }

    [MethodImpl(Jit.AtOnce)]
    public override bool Equals(object? obj) => Equals(obj as Map<TKey, TValue>);

    public override int GetHashCode() => Count;

    [MethodImpl(Jit.AtOnce)]
    public Enumerator GetEnumerator() => new(Whole());

    IEnumerator<KeyValuePair<TKey, TValue>> IEnumerable<KeyValuePair<TKey, TValue>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>All entries in one array; from here on the map is that array, which changes nothing that anybody sees.</summary>
    [MethodImpl(Jit.AtOnce)]
    private Entry[] Whole()
    {
        var parts = _parts;
        if (parts.Recent.Length == 0)
            return parts.Old;
        var whole = new Entry[parts.Count];
        Array.Copy(parts.Old, whole, parts.Old.Length);
        int count = parts.Old.Length;
        foreach (var entry in parts.Recent)
        {
            int index = IndexOf(parts.Old, entry.Key, entry.Hash);
            whole[index < 0 ? count++ : index] = entry;
        }

        _parts = new(whole, [], parts.Count);
        return whole;
    }

    /// <summary>Where the key is; maps that grew from one another have it in the same place, so that is looked at first.</summary>
    [MethodImpl(Jit.AtOnce)]
    private static int IndexOf(Entry[] entries, TKey key, int hash, int guess = 0)
    {
        if (guess < entries.Length && Is(entries[guess], key, hash))
            return guess;
        for (int i = 0; i < entries.Length; i++)
        {
            if (Is(entries[i], key, hash))
                return i;
        }

        return -1;
    }

    [MethodImpl(Jit.AtOnce)]
    private static bool Is(in Entry entry, TKey key, int hash) => entry.Hash == hash && entry.Key.Equals(key);

    /// <summary>The old entries, and those set since, which go before them.</summary>
    private sealed class Parts(Entry[] old, Entry[] recent, int count)
    {
        public readonly Entry[] Old = old;
        public readonly Entry[] Recent = recent;
        public readonly int Count = count;
    }

    /// <summary>Gives an entry a new value; false drops it.</summary>
    public delegate bool Change(TKey key, ref TValue value);

    /// <summary>Goes over the entries, without an object of its own.</summary>
    internal struct Enumerator : IEnumerator<KeyValuePair<TKey, TValue>>
    {
        private readonly Entry[] _entries;
        private int _index;

        internal Enumerator(Entry[] entries)
        {
            _entries = entries;
            _index = -1;
        }

        public readonly KeyValuePair<TKey, TValue> Current => new(_entries[_index].Key, _entries[_index].Value);

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < _entries.Length;

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }

    /// <summary>A key with its hash, and its value.</summary>
    internal readonly struct Entry(TKey key, int hash, TValue value)
    {
        public readonly TKey Key = key;
        public readonly int Hash = hash;
        public readonly TValue Value = value;
    }
}
