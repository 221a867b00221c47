// Runs mapper and mapcmp over ordinary RAM, reserved RAM and device memory, on Linux 2.6.20 and 2.6.11, and prints what each pair shows.
using System.Text;
using Samples.Simple;

bool asExpected = true;
Console.WriteLine($"{"kernel",-8} {"memory",-14} {"at",-9}  {"/dev/simpler",-15} {"/dev/simplen",-15} mapcmp");
foreach (KernelEra era in new[] { KernelEra.Linux2620, KernelEra.Linux2611 })
{
    using var lab = new Laboratory(era);
    bool old = era == KernelEra.Linux2611;
    Row(lab, old, "ordinary RAM", lab.Ordinary, old ? "areas differ at byte 0" : "areas are identical.");
    Row(lab, old, "reserved RAM", lab.Reserved, "areas are identical.");
    Row(lab, old, "device memory", lab.Device, "Bus error");
}

Console.WriteLine("""

    ordinary RAM   Until 2.6.14, remap_pfn_range leaves a page that is not PG_reserved out of the page table and still returns 0; the
                   first access finds no nopage and gets the zero page. Later kernels map it, without counting a reference.
    reserved RAM   SetPageReserved() was the way around: such pages are mapped by every kernel.
    device memory  Frames above the memory map have no struct page: remap_pfn_range maps them, nopage has nothing to return.
    """);
return asExpected ? 0 : 1;

void Row(Laboratory lab, bool old, string memory, PhysicalAddress at, string expected)
{
    string verdict = Run(lab, Mapcmp.Run, "mapcmp", "/dev/simpler", "/dev/simplen", $"{at.Value:x}", "1").Split('\n')[^1];
    verdict = verdict.Replace("Comparing...", "");
    asExpected &= verdict == expected;
    string simpler = Show(lab, "/dev/simpler", at), simplen = Show(lab, "/dev/simplen", at);
    Console.WriteLine($"{(old ? "2.6.11" : "2.6.20"),-8} {memory,-14} {at.Value:x8}   {simpler,-15} {simplen,-15} {verdict}");
}

string Show(Laboratory lab, string device, PhysicalAddress at)
{
    string text = Run(lab, Mapper.Run, "mapper", device, $"0x{at.Value:x}", "13").Split('\n')[^1].Replace("\0", "");
    return text.Length == 0 ? "zeros" : text;
}

// The last line says it: what the program printed, or what the shell said about its end.
static string Run(Laboratory lab, UserProgram program, string name, params string[] args)
{
    var stdout = new MemoryStream();
    var stderr = new StringWriter { NewLine = "\n" };
    int code = Shell.Run(lab.Kernel, program, stdout, stderr, name, args);
    return code > 128 ? stderr.ToString().TrimEnd('\n') : Encoding.ASCII.GetString(stdout.ToArray()).TrimEnd('\n');
}
