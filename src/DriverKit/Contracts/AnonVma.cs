namespace DriverKit.Contracts;

/// <summary><c>struct anon_vma</c>: the areas in which an anonymous page may be mapped, so that reclaim finds its page-table entries (<c>linux/rmap.h</c>).</summary>
/// <remarks>A page points to the one of the area that it was made for. Fork gives the child's area one of its own and links it to all of its
/// parent's, whose pages it shares.</remarks>
internal sealed class AnonVma
{
    private AnonVmaChain? _first;

    public AnonVma(AnonVma? parent)
    {
        Parent = parent ?? this;
        Parent.NumChildren++;
    }

    /// <summary><c>parent</c>: that of the area it was forked from; itself at the root.</summary>
    public AnonVma Parent { get; }

    /// <summary><c>num_children</c>: those whose parent it is; the root counts itself.</summary>
    public int NumChildren { get; set; }

    /// <summary><c>num_active_vmas</c>: areas that make their new pages for it.</summary>
    public int NumActiveVmas { get; set; }

    /// <summary>True when no area is linked any more.</summary>
    public bool IsEmpty => _first is null;

    /// <summary>The areas linked.</summary>
    public IEnumerable<VmAreaStruct> Areas
    {
        get
        {
            for (AnonVmaChain? link = _first; link is not null; link = link.Next)
                yield return link.Vma;
        }
    }

    public void Link(AnonVmaChain link)
    {
        link.Next = _first;
        if (_first is not null)
            _first.Previous = link;
        _first = link;
    }

    public void Unlink(AnonVmaChain link)
    {
        if (link.Previous is { } previous)
            previous.Next = link.Next;
        else
            _first = link.Next;
        if (link.Next is { } next)
            next.Previous = link.Previous;
    }
}

/// <summary><c>struct anon_vma_chain</c>: one area linked to one <see cref="AnonVma"/>; in the lists of both.</summary>
internal sealed class AnonVmaChain(VmAreaStruct vma, AnonVma anonVma, AnonVmaChain? nextOfArea)
{
    public VmAreaStruct Vma { get; } = vma;

    public AnonVma AnonVma { get; } = anonVma;

    /// <summary>The area's next link.</summary>
    public AnonVmaChain? NextOfArea { get; } = nextOfArea;

    public AnonVmaChain? Next { get; set; }

    public AnonVmaChain? Previous { get; set; }
}
