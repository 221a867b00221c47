using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Rules;

public sealed class AddressKindsMixedTests() : RuleTest("DK2002")
{
    [Fact]
    public Task MadeIntoAnother_Triggers() => Verify("""
        void M(KernelLogicalAddress logical, UserVirtualAddress user)
        {
            var p = {|#0:new PhysicalAddress(logical.Value)|};
            BusAddress b = {|DK2002:new(p.Value)|};
            long number = (long)user.Value;
            var k = {|DK2002:new KernelVirtualAddress((ulong)number)|};
        }
        """, Diagnostic("DK2002").WithLocation(0).WithArguments("a kernel logical", 5, "made into", "a physical", "", "convert it with the function that maps one kind to the other"));

    [Fact]
    public Task SameFamily_DoesNotTrigger() => Verify("""
        void M(KernelLogicalAddress logical, KernelVirtualAddress wide, PhysicalAddress p, ulong n, IoAddress io)
        {
            var a = new KernelVirtualAddress(logical.Value);
            var b = new KernelLogicalAddress(wide.Value);
            var c = new PhysicalAddress(p.Value + n);
            var d = new Pfn(p.Value >> 12);
            var e = new PhysicalAddress(d.Value << 12);
            if (logical.Value == wide.Value || p.Value == 0 || p.Value > 0x1000 || logical.Value - wide.Value > 4) return;
            var f = new IoAddress(io.Value + (p.Value & 0xfff));
            var g = new IoAddress(io.Value + (p.Value - c.Value));
            var h = new IoAddress(io.Value + p.Value % 16 + p.Value / 4096 + p.PageOffset);
            Printk(p.Value + user.Value);
        }
        UserVirtualAddress user;
        static void Printk(object o) { }
        """.Replace("Printk(p.Value + user.Value);", "Printk(p.Value); Printk(user.Value);"));

    [Fact]
    public Task Compared_Triggers() => Verify("""
        bool M(KernelLogicalAddress logical, PhysicalAddress p, UserVirtualAddress user)
        {
            ulong number = p.Value;
            if ({|#0:logical.Value == number|}) return true;
            if ({|DK2002:user.Value < number + 4096|}) return true;
            ulong sum = {|DK2002:logical.Value + p.Value|};
            ulong difference = {|DK2002:user.Value - p.Value|};
            return user.Value < 4096;
        }
        """, Diagnostic("DK2002").WithLocation(0).WithArguments("a kernel logical", 6, "compared with", "a physical", "", "bring both to one kind first"));

    [Fact]
    public Task Distances_DoNotTrigger() => Verify("""
        const ulong PhysBase = 0x80000000, VirtBase = 0xc0000000;
        void M(KernelVirtualAddress mapped, PhysicalAddress p, UserVirtualAddress user, ulong start, ulong length)
        {
            ulong offset = p.Value - PhysBase;
            var a = new KernelVirtualAddress(mapped.Value + offset);
            ulong distance = user.Value - start;
            var b = new PhysicalAddress(p.Value + distance);
            var c = new PhysicalAddress(PhysBase + (mapped.Value - VirtBase));
            if (distance > length || offset < mapped.Value - VirtBase) return;
            var d = new KernelVirtualAddress(mapped.Value + user.PageOffset);
            ulong page = (user.Value - start) >> 12;
        }
        """);

    [Fact]
    public Task ConstantTakenOff_Triggers() => Verify("""
        const ulong PageOffset = 0xc0000000;
        PhysicalAddress M(KernelLogicalAddress a) => {|DK2002:new PhysicalAddress(a.Value - PageOffset)|};
        """);

    [Fact]
    public Task ThroughHelpersFieldsAndLambdas_Triggers() => Verify("""
        private readonly ulong _base;
        private ulong _mixed;
        private static readonly Func<ulong, PhysicalAddress> Make = n => new PhysicalAddress(n);
        public Driver(KernelLogicalAddress a) => _base = a.Value;
        static PhysicalAddress ToPhysical(ulong number) => new(number);
        static PhysicalAddress Outer(ulong number) => ToPhysical(number + 16);
        static ulong NumberOf(UserVirtualAddress a) => a.Value;
        static bool IsSame(ulong left, PhysicalAddress right) => left == right.Value;
        void M(KernelLogicalAddress logical, PhysicalAddress p, UserVirtualAddress user)
        {
            ToPhysical({|#0:logical.Value|});
            Outer({|DK2002:NumberOf(user)|});
            Make({|DK2002:logical.Value|});
            {|DK2002:new PhysicalAddress(_base)|}.ToPfn();
            IsSame({|DK2002:user.Value|}, p);
            ToPhysical(p.Value);
            Outer(NumberOf(user) & 0xfff);
            IsSame(4, p);
            _mixed = logical.Value;
            _mixed = p.Value;
        }
        void N() => ToPhysical(_mixed);
        """, Diagnostic("DK2002").WithLocation(0).WithArguments("a kernel logical", 13, "made into", "a physical", " in ToPhysical", "convert it with the function that maps one kind to the other"));

    [Fact]
    public Task OtherForms_Trigger() => Verify("""
        void M(KernelLogicalAddress logical, PhysicalAddress p, bool x)
        {
            var changed = p with { {|DK2002:Value = logical.Value|} };
            logical.Deconstruct(out var number);
            {|DK2002:new PhysicalAddress(number)|}.ToPfn();
            if (logical is { Value: var v }) {|DK2002:new PhysicalAddress(v)|}.ToPfn();
            if (logical is KernelLogicalAddress(var w)) {|DK2002:new PhysicalAddress(w)|}.ToPfn();
            ulong chosen = x ? logical.Value : p.Value;
            {|DK2002:new PhysicalAddress(chosen)|}.ToPfn();
            ulong switched = x switch { true => logical.Value, _ => 0 };
            {|DK2002:new PhysicalAddress(switched)|}.ToPfn();
            (ulong, int) pair = (logical.Value, 3);
            {|DK2002:new PhysicalAddress(pair.Item1)|}.ToPfn();
            var array = new[] { logical.Value };
            KernelLogicalAddress? maybe = logical;
            {|DK2002:new PhysicalAddress(maybe.Value.Value)|}.ToPfn();
            {|DK2002:new PhysicalAddress(checked((ulong)(long)logical.Value))|}.ToPfn();
        }
        """);
}
