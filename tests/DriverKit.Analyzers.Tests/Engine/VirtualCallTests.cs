using DriverKit.Analyzers.Tests.Verifier;

namespace DriverKit.Analyzers.Tests.Engine;

/// <summary>A call that may run any of several methods does for certain what all of them do.</summary>
public sealed class VirtualCallTests : RuleTest
{
    [Fact]
    public Task OnlyImplementation_Triggers() => Verify("""
        interface IQueue { void Wait(); }
        sealed class Queue : IQueue { public void Wait() => MightSleep(); }
        void M(Page page, IQueue queue)
        {
            var a = KmapAtomic(page, KmType.User0);
            {|DK1002:queue.Wait()|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task AllImplementationsSleep_Triggers() => Verify("""
        abstract class Bus { public abstract void Transfer(int count); }
        sealed class Slow : Bus { public override void Transfer(int count) { if (count >= 0) Push(); } void Push() => MightSleep(); }
        sealed class Slower : Bus { public override void Transfer(int words) => MightSleep(); }
        void M(Page page, Bus bus)
        {
            var a = KmapAtomic(page, KmType.User0);
            bus.Transfer(4);
            KunmapAtomic(a, KmType.User0);
        }
        abstract class Port { public abstract void Transfer(int count); }
        sealed class First : Port { public override void Transfer(int count) => Vmalloc(4); }
        sealed class Second : Port { public override void Transfer(int words) => MightSleep(); }
        void N(Page page, Port port)
        {
            var a = KmapAtomic(page, KmType.User0);
            {|DK1002:port.Transfer(4)|};
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task OneImplementationDoesNotSleep_DoesNotTrigger() => Verify("""
        interface IQueue { void Wait(); }
        sealed class Slow : IQueue { public void Wait() => MightSleep(); }
        sealed class Polled : IQueue { public void Wait() { } }
        void M(Page page, IQueue queue)
        {
            var a = KmapAtomic(page, KmType.User0);
            queue.Wait();
            KunmapAtomic(a, KmType.User0);
        }
        """);

    [Fact]
    public Task AllImplementationsRelease_DoesNotTrigger() => Verify("""
        abstract class Window
        {
            protected KernelVirtualAddress _at;
            public abstract void Open(Page page);
            public abstract void Close();
        }
        sealed class Left : Window
        {
            public override void Open(Page page) => _at = KmapAtomic(page, KmType.User0);
            public override void Close() => KunmapAtomic(_at, KmType.User0);
        }
        void M(Page page, Window window)
        {
            window.Open(page);
            window.Close();
            MightSleep();
        }
        """);
}
