// vm_insert_page counts the page for the process and holds a reference; vm_insert_pfn does neither.
namespace Samples.Tour.Stops;

internal static class Resident
{
    public static void Visit(Guide guide)
    {
        Kernel kernel = guide.Kernel;
        var module = new InsertModule();
        kernel.InsertModule(module);
        UserProcess process = kernel.CreateProcess("counter");
        int fd = process.Open("/dev/insert", OpenFlags.ReadWrite);
        guide.Say("A driver maps a page of its own both ways: vm_insert_page takes a reference and counts it, vm_insert_pfn does neither.");

        ulong none = process.Mm.FileRss;
        process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd, InsertModule.ByPage * PageSize);
        ulong byPage = process.Mm.FileRss;
        int held = module.Page!.Count;
        process.Mmap(default, PageSize, Protection.Read, MapFlags.Shared, fd, InsertModule.ByPfn * PageSize);
        guide.Show($"before           file_rss {none}  page_count 1");
        guide.Show($"vm_insert_page   file_rss {byPage}  page_count {held}");
        guide.Show($"vm_insert_pfn    file_rss {process.Mm.FileRss}  page_count {module.Page.Count}");
        guide.Claim(none == 0 && byPage == 1 && process.Mm.FileRss == 1, "vm_insert_page counts, vm_insert_pfn does not");
        guide.Claim(held == 2 && module.Page.Count == 2, "vm_insert_page holds a reference, vm_insert_pfn does not");
        process.Exit();
        kernel.RemoveModule(module);
    }
}
