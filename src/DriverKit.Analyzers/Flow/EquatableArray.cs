using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;

namespace DriverKit.Analyzers.Flow;

/// <summary>An immutable array that compares by its elements, so that records of it do.</summary>
internal readonly struct EquatableArray<T>(ImmutableArray<T> items) : IEquatable<EquatableArray<T>>, IReadOnlyList<T>
    where T : IEquatable<T>
{
    private readonly ImmutableArray<T> _items = items;

    public static EquatableArray<T> Empty => default;

    public int Count => Items.Length;

    private ImmutableArray<T> Items => _items.IsDefault ? [] : _items;

    public T this[int index] => Items[index];

    [MethodImpl(Jit.AtOnce)]
    public EquatableArray<T> Add(T item) => new(Items.Add(item));

    public EquatableArray<T> RemoveAt(int index) => new(Items.RemoveAt(index));

    [MethodImpl(Jit.AtOnce)]
    public bool Contains(T item) => Items.Contains(item);

    [MethodImpl(Jit.AtOnce)]
    public bool Equals(EquatableArray<T> other) => Items == other.Items || (Items.Length == other.Items.Length && Items.SequenceEqual(other.Items));

    [MethodImpl(Jit.AtOnce)]
    public override bool Equals(object? obj) => obj is EquatableArray<T> other && Equals(other);

    [MethodImpl(Jit.AtOnce)]
    public override int GetHashCode()
    {
        int hash = 17;
        foreach (var item in Items)
            hash = unchecked((hash * 31) + item.GetHashCode());
        return hash;
    }

    [MethodImpl(Jit.AtOnce)]
    public ImmutableArray<T>.Enumerator GetEnumerator() => Items.GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)Items).GetEnumerator();
}
