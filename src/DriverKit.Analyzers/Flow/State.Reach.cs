namespace DriverKit.Analyzers.Flow;

/// <content>What a path can still come to. When variables go out of scope, the values that only they had can't be met again: what is remembered of them would keep states apart for nothing,
/// in a loop one more in every round.</content>
internal sealed partial class State
{
    /// <summary>Without the objects that are over, and without the marks, that nothing leads to any more.</summary>
    public State Sweep()
    {
        if (Marks.IsEmpty && Objects.IsEmpty)
            return this;
        var objects = Objects.Select((Sym name, ref Tracked tracked) => tracked.Status == ObjectStatus.Owned || IsWithinReach(name));
        var marks = Marks.Select((MarkKey key, ref Mark mark) => IsWithinReach(key.About) && (mark.Excuses || !IsNumbered(key.About) || IsHeld(key.About)));
        return ReferenceEquals(objects, Objects) && ReferenceEquals(marks, Marks) ? this : Copy(objects: objects, marks: marks);
    }

    /// <summary>False when the name is built from something that was made on the way and that no place holds.</summary>
    private bool IsWithinReach(Sym name) => name.IsFromEntry || !name.Any(part => part is Sym.Made or Sym.Phi && !IsHeld(part));

    /// <summary>True when an object that is somebody's to release, a lock or a place has the value, or something computed from it.</summary>
    private bool IsHeld(Sym value)
    {
        foreach (var entry in Store)
        {
            if (entry.Key is not Place.Answer && entry.Value.Id.Contains(value))
                return true;
        }

        foreach (var entry in Objects)
        {
            if (entry.Value.Status == ObjectStatus.Owned && (entry.Key.Contains(value) || entry.Value.Detail?.Contains(value) == true))
                return true;
        }

        foreach (var hold in Holds)
        {
            if (hold.Object?.Contains(value) == true || hold.Detail?.Contains(value) == true)
                return true;
        }

        return false;
    }

    /// <summary>True for the element that one round of a loop has looked at, while its number was known.</summary>
    private static bool IsNumbered(Sym name) => name is Sym.Query { Symbol: null, Arguments: { Count: > 1 } parts } && parts[parts.Count - 1] is Sym.Const;
}
