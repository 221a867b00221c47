// fork shares every page read-only; the first store to one makes a copy.
namespace Samples.Tour.Stops;

internal static class CopyOnWrite
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        UserProcess parent = kernel.CreateProcess("parent");
        UserVirtualAddress word = parent.Mmap(
            default, PageSize, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        parent.Store(word, 1);
        guide.Say("The page is the parent's alone: writable (RW), dirty (D). After fork both have the same frame, read-only (RO).");
        ShowEntry("parent", parent);
        UserProcess child = parent.Fork();
        ShowEntry("parent, forked", parent);
        ShowEntry("child", child);
        guide.Claim(FrameOf(parent) == FrameOf(child), "fork shares the frame");

        child.Store(word, 2);
        guide.Say("The child stores 2: it gets a frame of its own, and the parent still reads its 1.");
        ShowEntry("parent", parent);
        ShowEntry("child", child);
        guide.Claim(FrameOf(parent) != FrameOf(child), "the store copies the page");
        guide.Claim(parent.Load<int>(word) == 1 && child.Load<int>(word) == 2, "each process sees its own");
        child.Exit();
        parent.Exit();

        void ShowEntry(string who, UserProcess process) => guide.Show($"{who,-14} {EntryOf(process)}");

        string EntryOf(UserProcess process) => kernel.WalkPageTables(process, word).Split('\n')[2].Trim();

        string FrameOf(UserProcess process) => kernel.WalkPageTables(process, word).Split('\n')[3];
    }
}
