using DriverKit.Tests.Support;

namespace DriverKit.Tests.Budgets;

/// <summary>What happens millions of times leaves nothing for the host's garbage collector.</summary>
public sealed class AllocationTests : KernelTest
{
    private const int Times = 500;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Loads_and_stores_that_hit_the_TLB(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        AssertNothingAllocated(i =>
        {
            process.Store(area + (ulong)(i & 1023) * 4, i);
            process.Load<int>(area + (ulong)(i & 1023) * 4);
            process.Load<int>(area + 1ul);
        });
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Read_write_lseek_ioctl_and_fcntl(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        byte[] data = new byte[64];
        (UserProcess process, int fd) = TestDriver.Open(kernel, new FileOperations
        {
            Read = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long position) =>
            {
                position += (long)count;
                return CopyToUser(buffer, data.AsSpan(0, (int)count)) != 0 ? -EFAULT : count;
            },
            Write = (OpenFile _, UserVirtualAddress buffer, ulong count, ref long _) => CopyFromUser(data.AsSpan(0, (int)count), buffer) != 0 ? -EFAULT : count,
            Ioctl = (_, _, command, argument) => GetUser(out uint value, new UserVirtualAddress(argument)).IsError ? -EFAULT : PutUser(value + command, new UserVirtualAddress(argument)),
        });
        UserVirtualAddress area = process.Mmap(default, 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
        UserVirtualAddress iov = area + 2048ul;
        process.Store(iov, area.Value);
        process.Store(iov + (ulong)kernel.Memory.Layout.PointerSize, 64ul);
        AssertNothingAllocated(_ =>
        {
            process.Readv(fd, iov, 1);
            process.Writev(fd, iov, 1);
            process.Ioctl(fd, Fionbio, area);
            process.Fcntl(fd, FcntlCommand.GetFl);
            process.Read(fd, area, 64);
            process.Write(fd, area, 64);
            process.Lseek(fd, 0);
            process.Ioctl(fd, 3, area);
        });
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Minor_faults_through_nopage_by_zero_fill_and_by_copy(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        var driver = new PagesDriver(8);
        kernel.InsertModule(driver);
        UserProcess process = kernel.CreateProcess("p");
        int fd = process.Open("/dev/nopage", OpenFlags.ReadWrite);
        // Once to bring tables, pages and code to life, and once to measure.
        for (int round = 0; round < 3; round++)
        {
            UserVirtualAddress shared = process.Mmap(default, 256 * 4096, Protection.Read | Protection.Write, MapFlags.Shared, fd);
            UserVirtualAddress secret = process.Mmap(default, 256 * 4096, Protection.Read | Protection.Write, MapFlags.Private, fd);
            UserVirtualAddress zero = process.Mmap(default, 256 * 4096, Protection.Read | Protection.Write, MapFlags.Private | MapFlags.Anonymous);
            process.Load<int>(shared);

            // The first page of its own gives an area its anon_vma, in the kernel too an allocation; the others are free of it.
            process.Store(secret, 1);
            process.Store(zero, 1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            ulong faults = process.Mm.MinorFaults;
            for (ulong page = 1; page < 256; page++)
            {
                process.Load<int>(shared + page * 4096);
                process.Store(secret + page * 4096, 1);
                process.Load<int>(zero + page * 4096);
                process.Store(zero + page * 4096, 1);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(4 * 255ul, process.Mm.MinorFaults - faults);
            if (round == 2)
                Assert.Equal(0, allocated);
            process.Munmap(shared, 256 * 4096);
            process.Munmap(secret, 256 * 4096);
            process.Munmap(zero, 256 * 4096);
        }
    }

    private static void AssertNothingAllocated(Action<int> work)
    {
        for (int i = 0; i < Times; i++)
            work(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Times; i++)
            work(i);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
