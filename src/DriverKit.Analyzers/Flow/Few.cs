using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Flow;

/// <summary>An immutable set, mostly of a few items: those are an array, in the order in which they came; more than a few are a tree. What changes nothing copies nothing.</summary>
internal sealed class Few<T> : IEquatable<Few<T>>, IEnumerable<T>
    where T : class
{
    /// <summary>So many are an array.</summary>
    private const int Max = 16;

    private readonly T[] _items;
    private readonly ImmutableHashSet<T>? _many;

    private Few(T[] items) => _items = items;

    private Few(ImmutableHashSet<T> many) => (_items, _many) = ([], many);

    public static Few<T> None { get; } = new(Array.Empty<T>());

    public bool IsEmpty => Count == 0;

    private int Count => _many?.Count ?? _items.Length;

    public static Few<T> Of(T item) => new(new[] { item });

    public static Few<T> Of(T first, T second) => first.Equals(second) ? Of(first) : new(new[] { first, second });

    [MethodImpl(Jit.AtOnce)]
    public bool Contains(T item)
    {
        if (_many is not null)
            return _many.Contains(item);
        foreach (var each in _items)
        {
            if (each.Equals(item))
                return true;
        }

        return false;
    }

    [MethodImpl(Jit.AtOnce)]
    public Few<T> Add(T item)
    {
        if (_many is not null)
            return _many.Add(item) is var more && ReferenceEquals(more, _many) ? this : new(more);
        if (Contains(item))
            return this;
        if (_items.Length == Max)
            return new(ImmutableHashSet.CreateRange(_items).Add(item));
        var items = new T[_items.Length + 1];
        Array.Copy(_items, items, _items.Length);
        items[_items.Length] = item;
        return new(items);
    }

    /// <summary>What is in either.</summary>
    [MethodImpl(Jit.AtOnce)]
    public Few<T> Or(Few<T> other)
    {
        if (ReferenceEquals(this, other) || other.IsEmpty)
            return this;
        if (IsEmpty)
            return other;
        if (_many is not null || other._many is not null)
            return (_many ?? [.. _items]).Union(other) is var all && ReferenceEquals(all, _many) ? this : new(all);
        var union = this;
        foreach (var item in other._items)
            union = union.Add(item);
        return union;
    }

    /// <summary>What is in both.</summary>
    public Few<T> And(Few<T> other) => ReferenceEquals(this, other) ? this : Where(other.Contains);

    [MethodImpl(Jit.AtOnce)]
    public Few<T> Where(Func<T, bool> condition)
    {
        if (_many is not null)
            return Of(_many.Where(condition).ToImmutableHashSet());
        T[]? kept = null;
        int count = 0;
        for (int i = 0; i < _items.Length; i++)
        {
            bool isKept = condition(_items[i]);
            if (!isKept && kept is null)
            {
                kept = new T[_items.Length];
                Array.Copy(_items, kept, i);
                count = i;
            }
            else if (isKept && kept is not null)
            {
                kept[count++] = _items[i];
            }
        }

        if (kept is null)
            return this;
        Array.Resize(ref kept, count);
        return count == 0 ? None : new(kept);
    }

    [MethodImpl(Jit.AtOnce)]
    public bool Equals(Few<T>? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other.Count != Count)
            return false;
        if (_many is not null)
            return ReferenceEquals(_many, other._many) || _many.SetEquals(other);
        for (int i = 0; i < _items.Length; i++)
        {
            if (!other._items[i].Equals(_items[i]) && !other.Contains(_items[i]))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as Few<T>);

    public override int GetHashCode() => Count;

    public Enumerator GetEnumerator() => new(_items, _many?.GetEnumerator());

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>?)_many ?? _items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    private Few<T> Of(ImmutableHashSet<T> kept) => kept.Count == Count ? this : kept.Count > Max ? new(kept) : new(kept.ToArray());

    /// <summary>Goes over the items; over a few without an object of its own.</summary>
    internal struct Enumerator(T[] items, IEnumerator<T>? many)
    {
        private int _index = -1;

        public readonly T Current => many is null ? items[_index] : many.Current;

        public bool MoveNext() => many is null ? ++_index < items.Length : many.MoveNext();
    }
}
