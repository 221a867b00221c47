using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

public sealed class VmaTreeTests : KernelTest
{
    private const ulong Page = 4096;

    [Theory]
    [InlineData(1, 40_000, 200)]
    [InlineData(2, 40_000, 6_000)]
    [InlineData(3, 60_000, 30_000)]
    public void Random_changes_and_searches_match_a_sorted_list(ulong seed, int steps, int typical)
    {
        var random = new SeededRandom(seed);
        Kernel kernel = Boot(Architecture.X8664);
        MmStruct mm = kernel.CreateProcess("areas").Mm;
        var tree = new VmaTree();
        var model = new SortedList<ulong, VmAreaStruct>();
        ulong span = (ulong)typical * 16;
        for (int step = 0; step < steps; step++)
        {
            ulong at = random.Next(span);
            bool grow = model.Count < typical ? random.Next(3) > 0 : random.Next(3) == 0;
            int index = FirstEndingAbove(model, at * Page);
            if (grow)
            {
                ulong start = index > 0 ? Math.Max(at, model.Values[index - 1].VmEnd.Value / Page) : at;
                ulong limit = index < model.Count ? model.Values[index].VmStart.Value / Page : span;
                if (start < limit)
                {
                    var vma = new VmAreaStruct(mm, new(start * Page), new((start + 1 + random.Next(Math.Min(limit - start, 12))) * Page));
                    tree.Insert(vma);
                    model.Add(vma.VmStart.Value, vma);
                }
            }
            else if (index < model.Count)
            {
                VmAreaStruct vma = model.Values[index];
                if (random.Next(3) > 0)
                {
                    tree.Remove(vma);
                    model.RemoveAt(index);
                }
                else
                {
                    ulong low = index > 0 ? model.Values[index - 1].VmEnd.Value : 0;
                    ulong high = index + 1 < model.Count ? model.Values[index + 1].VmStart.Value : span * Page;
                    ulong start = low + random.Next((vma.VmEnd.Value - low) / Page) * Page;
                    ulong end = Math.Max(start, vma.VmStart.Value) + Page;
                    end += random.Next((high - end) / Page + 1) * Page;
                    // The area keeps its place: it still covers a page of what it covered.
                    if (start <= vma.VmStart.Value || start < vma.VmEnd.Value)
                    {
                        model.RemoveAt(index);
                        tree.Resize(vma, new(start), new(end));
                        model.Add(start, vma);
                    }
                }
            }

            Assert.Equal(model.Count, tree.Count);
            Query(tree, model, random, span);
            if (step % 2000 == 0)
                Assert.Equal(model.Values, tree.InOrder());
        }

        foreach (VmAreaStruct vma in model.Values)
            tree.Remove(vma);
        Assert.Equal(0, tree.Count);
        Assert.Empty(tree.InOrder());
        Assert.True(tree.TryFindGap(span * Page, 0, span * Page, out _, out VmAreaStruct? above));
        Assert.Null(above);
    }

    private static void Query(VmaTree tree, SortedList<ulong, VmAreaStruct> model, SeededRandom random, ulong span)
    {
        ulong address = random.Next(span * Page);
        int index = FirstEndingAbove(model, address);
        VmAreaStruct? found = index < model.Count ? model.Values[index] : null;
        Assert.Same(found, tree.Find(new(address)));
        int before = index < model.Count && model.Values[index].VmStart.Value < address ? index : index - 1;
        Assert.Same(before >= 0 ? model.Values[before] : null, tree.FindBefore(new(address)));
        ulong end = address + random.Next(40) * Page;
        Assert.Same(found is not null && found.VmStart.Value < end ? found : null, tree.FindIntersection(new(address), new(end)));
        if (found is not null)
        {
            Assert.Same(index + 1 < model.Count ? model.Values[index + 1] : null, found.VmNext);
            Assert.Same(index > 0 ? model.Values[index - 1] : null, found.VmPrev);
        }

        if (random.Next(20) != 0)
            return;
        ulong size = (1 + random.Next(random.Next(4) == 0 ? 2000ul : 30)) * Page, low = random.Next(span / 2) * Page;
        ulong high = (span / 2 + (random.Next(2) == 0 ? span / 3 : random.Next(span))) * Page;
        bool fits = HighestGap(model, size, low, high, out ulong expected);
        Assert.Equal(fits, tree.TryFindGap(size, low, high, out UserVirtualAddress start, out VmAreaStruct? above));
        if (!fits)
            return;
        Assert.Equal(expected, start.Value);
        Assert.Same(tree.Find(start), above);
    }

    private static int FirstEndingAbove(SortedList<ulong, VmAreaStruct> model, ulong address)
    {
        int low = 0, high = model.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (model.Values[middle].VmEnd.Value > address)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private static bool HighestGap(SortedList<ulong, VmAreaStruct> model, ulong size, ulong low, ulong high, out ulong start)
    {
        ulong top = ulong.MaxValue;
        for (int i = model.Count; i >= 0; i--)
        {
            ulong bottom = i > 0 ? model.Values[i - 1].VmEnd.Value : 0;
            ulong from = Math.Max(bottom, low), to = Math.Min(top, high);
            if (to >= from && to - from >= size)
            {
                start = to - size;
                return true;
            }

            if (i > 0)
                top = model.Values[i - 1].VmStart.Value;
        }

        start = 0;
        return false;
    }
}
