using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>Code that comes to a kernel function without naming it: what the gate must let through.</summary>
public sealed class GateTests() : RuleTest("DK1002", "DK2001", "DK2002")
{
    [Fact]
    public Task DelegateFieldSetElsewhere_Triggers() => Verify("""
        private readonly Func<Page, KernelVirtualAddress> _map;
        Driver() { _map = page => KmapAtomic(page, KmType.User0); }
        void M(Page page)
        {
            var a = _map(page);
            {|DK1002:MightSleep()|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task NumberFieldSetElsewhere_Triggers() => Verify("""
        private readonly ulong _start;
        Driver(UserVirtualAddress user) { _start = user.Value; }
        PhysicalAddress M() => {|DK2002:new(_start)|};
        """);

    [Fact]
    public Task TupleAssignedElsewhere_Triggers() => Verify("""
        private ulong _start, _end;
        Driver(UserVirtualAddress user) { (_start, _end) = (user.Value, user.Value); }
        PhysicalAddress M() => {|DK2002:new(_end)|};
        """);

    [Fact]
    public Task LambdaOfKernelDelegate_Triggers() => Verify("""
        FileOperations M() => new() { Read = (OpenFile filp, UserVirtualAddress to, ulong count, ref long position) => N({|DK2002:new(to.Value)|}) };
        static KernelResult N(PhysicalAddress address) => 0;
        FileOperations O() => new() { Mmap = (filp, vma) => N({|DK2002:new(vma.VmStart.Value)|}) };
        """);

    [Fact]
    public Task PositionalPattern_Triggers() => Verify("""
        PhysicalAddress M(UserVirtualAddress user) => user is UserVirtualAddress(var n) ? {|DK2002:new(n)|} : default;
        """);
}
