namespace DriverKit.Memory.Physical;

/// <summary>A doubly linked list of pages through <c>struct page.lru</c>: the links are in the page, so nothing is allocated. A page is on one list at most.</summary>
internal sealed class LruList
{
    /// <summary>The page that came last; null when the list is empty.</summary>
    public Page? Head { get; private set; }

    /// <summary>The page that has been here longest: reclaim begins with it.</summary>
    public Page? Tail { get; private set; }

    /// <summary>Pages on the list.</summary>
    public ulong Count { get; private set; }

    /// <summary><c>list_add</c>.</summary>
    public void AddHead(Page page)
    {
        page.LruNext = Head;
        if (Head is null)
            Tail = page;
        else
            Head.LruPrevious = page;
        Head = page;
        Count++;
    }

    /// <summary><c>list_add_tail</c>.</summary>
    public void AddTail(Page page)
    {
        page.LruPrevious = Tail;
        if (Tail is null)
            Head = page;
        else
            Tail.LruNext = page;
        Tail = page;
        Count++;
    }

    /// <summary><c>list_del</c>: the page must be on this list.</summary>
    public void Remove(Page page)
    {
        if (page.LruPrevious is { } previous)
            previous.LruNext = page.LruNext;
        else
            Head = page.LruNext;
        if (page.LruNext is { } next)
            next.LruPrevious = page.LruPrevious;
        else
            Tail = page.LruPrevious;
        page.LruPrevious = page.LruNext = null;
        Count--;
    }

    /// <summary>Takes the page that has been here longest; null when the list is empty.</summary>
    public Page? TakeTail()
    {
        Page? page = Tail;
        if (page is not null)
            Remove(page);
        return page;
    }
}
