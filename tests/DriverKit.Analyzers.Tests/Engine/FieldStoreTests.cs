using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>Who may put something into a field is told by the words of its type's text: no way of doing it is overlooked, and words that do not are not taken for it.</summary>
public sealed class FieldStoreTests : RuleTest
{
    [Theory]
    [InlineData("void Other() { }")]
    [InlineData("void Other() { /* run out _at */ Printk(\"ref _at = 1\"); }")]
    [InlineData("bool Other(KernelVirtualAddress given) => _at == given || _at <= given;")]
    [InlineData("void Other(ref KernelVirtualAddress at, int i) { Take(ref at, i); Printk($\"{_at}\"); }")]
    [InlineData("void Other() { for (int i = 0; i < 4; ++i) { Printk($\"{_at + (ulong)i}\"); } }")]
    [InlineData("void Other() => _at = default;")]
    public Task FieldOfOneOrigin_Triggers(string other) => Verify(With(other, "VirtToPage({|DK2001:(KernelLogicalAddress)_at|})"));

    [Theory]
    [InlineData("void Other(Page page) => _at = Kmap(page);")]
    [InlineData("void Other(KernelVirtualAddress given) { this._at = given; }")]
    [InlineData("void Other(KernelVirtualAddress given) { (_at, _) = (given, 1); }")]
    [InlineData("void Other(KernelVirtualAddress given) { _at /* the other */ = given; }")]
    [InlineData("void Other(KernelVirtualAddress given) { _at // the other\n = given; }")]
    [InlineData("void Other() => Take(ref (_at), 1);")]
    [InlineData("void Other() => Take(ref _at, 1);")]
    [InlineData("void Other() => Get(1, out this._at);")]
    [InlineData("void Other(KernelVirtualAddress given) { ref var at = ref _at; at = given; }")]
    [InlineData("ref KernelVirtualAddress Other() => ref _at;")]
    [InlineData("void Other(KernelVirtualAddress given) { System.Action later = () => _at = given; later(); }")]
    [InlineData("KernelVirtualAddress Other { get => _at; set => _at = value; }")]
    [InlineData("event System.Action Other { add { _at = Kmap(_page!); } remove { } }")]
    [InlineData("Memory(KernelVirtualAddress given) : this() => _at = given;")]
    [InlineData("void Other(KernelVirtualAddress given) { Inner(); void Inner() => _at = given; }")]
    public Task FieldThatAnotherMemberSets_DoesNotTrigger(string other) => Verify(With(other, "VirtToPage((KernelLogicalAddress)_at)"));

    /// <summary>Each method hangs on what the others, and it, store: what one of them took to hold on the way must not stay.</summary>
    [Fact]
    public Task FieldThatAllReadAndSetOtherwise_DoesNotTrigger() => Verify("""
        sealed class Memory
        {
            KernelVirtualAddress _at;
            void A(KernelVirtualAddress given) { Show(_at); _at = given; }
            void B(Page page) { Show(_at); _at = Kmap(page); }
            void C() { VirtToPage((KernelLogicalAddress)_at); _at = Vmalloc(4096); }
            static void Show(KernelVirtualAddress at) => Printk($"{at}");
        }
        """);

    [Fact]
    public Task FieldSetAlongTheCalls_Triggers() => Verify("""
        sealed class Memory
        {
            KernelVirtualAddress _at;
            public void First() { _at = Vmalloc(4096); Second(); }
            void Second() { _at = Vmalloc(8192); Third(); }
            void Third() { VirtToPage({|DK2001:(KernelLogicalAddress)_at|}); }
        }
        """);

    private static string With(string other, string use) => $$"""
        sealed class Memory
        {
            KernelVirtualAddress _at;
            Page? _page;
            public Memory() { _at = Vmalloc(4096); }
            {{other}}
            Page First() => {{use}};
            static void Take(ref KernelVirtualAddress at, int i) { at = new((ulong)i); }
            static void Get(int i, out KernelVirtualAddress at) { at = new((ulong)i); }
        }
        """;
}
