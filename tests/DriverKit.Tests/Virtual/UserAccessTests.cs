using DriverKit.Tests.Support;

namespace DriverKit.Tests.Virtual;

public sealed class UserAccessTests : KernelTest
{
    private const Protection ReadWrite = Protection.Read | Protection.Write;
    private const MapFlags Anonymous = MapFlags.Private | MapFlags.Anonymous;

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Random_copies_stop_at_the_first_page_the_process_could_not_touch(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        Keeps(kernel, 4, "what its kernel code allocates");
        const int Pages = 16;
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(new(0x2000_0000), Pages * 4096, ReadWrite, Anonymous);
        process.Munmap(area + 5 * 4096ul, 4096);
        process.Mprotect(area + 10 * 4096ul, 4096, Protection.Read);
        process.Mprotect(area + 14 * 4096ul, 4096, Protection.None);
        bool[] readable = [.. Enumerable.Range(0, Pages).Select(page => page is not (5 or 14))], writable = [.. Enumerable.Range(0, Pages).Select(page => page is not (5 or 10 or 14))];
        byte[] model = new byte[Pages * 4096];
        var random = new SeededRandom(23);
        InIoctl(kernel, process, () =>
        {
            KernelVirtualAddress scattered = Vmalloc(4 * 4096);
            for (int step = 0; step < 1500; step++)
            {
                int from = (int)random.Next(Pages * 4096), count = (int)random.Next(random.Next(2) == 0 ? 100ul : 3 * 4096);
                bool toUser = random.Next(2) == 0;
                int possible = 0;
                while (possible < count && from + possible < Pages * 4096 && (toUser ? writable : readable)[(from + possible) / 4096])
                    possible++;
                ulong missing = (ulong)(count - possible);
                UserVirtualAddress user = area + (long)from;
                if (toUser)
                {
                    byte[] data = new byte[count];
                    for (int i = 0; i < count; i++)
                        data[i] = (byte)random.Next();
                    if (random.Next(2) == 0)
                    {
                        Assert.Equal(missing, CopyToUser(user, data));
                    }
                    else
                    {
                        Memcpy(scattered + 77ul, data);
                        Assert.Equal(missing, CopyToUser(user, scattered + 77ul, (ulong)count));
                    }

                    data.AsSpan(0, possible).CopyTo(model.AsSpan(from));
                }
                else
                {
                    byte[] data = new byte[count];
                    data.AsSpan().Fill(0xEE);
                    if (random.Next(2) == 0)
                    {
                        Assert.Equal(missing, CopyFromUser(data, user));
                    }
                    else
                    {
                        Assert.Equal(missing, CopyFromUser(scattered + 77ul, user, (ulong)count));
                        Memcpy(data, scattered + 77ul);
                    }

                    Assert.Equal(model.AsSpan(from, possible), data.AsSpan(0, possible));
                    Assert.True(data.AsSpan(possible).IndexOfAnyExcept((byte)0) < 0, "what could not be read is zeroed");
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(Machines.Architectures), MemberType = typeof(Machines))]
    public void Ranges_that_wrap_or_reach_into_the_kernel_are_EFAULT_without_a_single_byte(Architecture architecture)
    {
        Kernel kernel = Boot(architecture);
        Keeps(kernel, 1, "what its kernel code allocates");
        UserProcess process = kernel.CreateProcess("p");
        ulong task = process.Mm.TaskSize, kernelAddress = kernel.Memory.Layout.PageOffset + 0x80_0000;
        InIoctl(kernel, process, () =>
        {
            byte[] data = new byte[16];
            KernelLogicalAddress buffer = Kmalloc(16, GfpFlags.Kernel);
            foreach (ulong address in new ulong[] { task - 8, task, kernelAddress, ulong.MaxValue, ulong.MaxValue - 15, ulong.MaxValue - 8, 0 })
            {
                var user = new UserVirtualAddress(address);
                Assert.Equal(address == 0, AccessOk(user, 16));
                Assert.Equal(16ul, CopyToUser(user, data));
                Assert.Equal(16ul, CopyFromUser(data, user));
                Assert.Equal(16ul, CopyToUser(user, buffer, 16));
                Assert.Equal(16ul, CopyFromUser(buffer, user, 16));
                Assert.Equal(16ul, ClearUser(user, 16));
                Assert.Equal(16ul, CopyToUserInatomic(user, buffer, 16));
                Assert.Equal(16ul, CopyFromUserInatomic(buffer, user, 16));
                Assert.Equal(-EFAULT, GetUser(out UInt128 value, user));
                Assert.Equal(UInt128.Zero, value);
                Assert.Equal(-EFAULT, PutUser(UInt128.One, user));
            }

            Assert.False(AccessOk(default, task + 1));
            Assert.True(AccessOk(default, task));
            Assert.False(AccessOk(new(1), ulong.MaxValue));
            Assert.Equal(0ul, CopyToUser(new(task), data.AsSpan(0, 0)));
        });
        Expect.OopsIn(kernel, "the count 0xffffffffffffffff is negative", () => CopyToUser(default, new KernelVirtualAddress(kernelAddress), ulong.MaxValue));
        Expect.OopsIn(kernel, "is negative", () => CopyFromUser(new KernelVirtualAddress(kernelAddress), default, 1ul << 63));
        Expect.OopsIn(kernel, "Unable to handle kernel NULL pointer dereference", () => CopyFromUser(default(KernelVirtualAddress), default, 1));
    }

    [Fact]
    public void A_kernel_thread_has_no_user_memory()
    {
        Kernel kernel = Boot();
        kernel.RunKernelThread(() =>
        {
            Assert.Null(Current.Mm);
            Assert.Equal(4ul, CopyToUser(new(0x2000_0000), new byte[4]));
            Assert.Equal(-EFAULT, GetUser(out int _, new(0x2000_0000)));
            Assert.Equal(4ul, ClearUser(new(0x2000_0000), 4));
        });
    }

    [Fact]
    public void Inatomic_copies_take_what_is_present_and_never_fault()
    {
        Kernel kernel = Boot();
        Keeps(kernel, 3, "what its kernel code allocates");
        UserProcess process = kernel.CreateProcess("p");
        UserVirtualAddress area = process.Mmap(default, 3 * 4096, ReadWrite, Anonymous);
        process.Store(area, 0x0102030405060708ul);
        process.Store(area + 4096ul, 1);
        ulong faults = process.Mm.MinorFaults;
        InIoctl(kernel, process, () =>
        {
            KernelVirtualAddress buffer = Vmalloc(3 * 4096);
            Assert.Equal(4096ul, CopyFromUserInatomic(buffer, area, 3 * 4096));
            Assert.Equal(0x0102030405060708ul, Load<ulong>(buffer));
            Store(buffer, 9ul);
            Assert.Equal(4096ul, CopyToUserInatomic(area, buffer, 3 * 4096));
        });
        Assert.Equal(faults, process.Mm.MinorFaults);
        Assert.Equal(9ul, process.Load<ulong>(area));
    }

    [Fact]
    public void Clear_user_and_put_user_break_the_sharing_of_forked_pages()
    {
        Kernel kernel = Boot();
        UserProcess parent = kernel.CreateProcess("p");
        UserVirtualAddress area = parent.Mmap(default, 8192, ReadWrite, Anonymous);
        parent.Store(area, 1);
        parent.Store(area + 4096ul, 2);
        UserProcess child = parent.Fork();
        InIoctl(kernel, child, () =>
        {
            Assert.Equal(KernelResult.Success, PutUser(3, area));
            Assert.Equal(0ul, ClearUser(area + 4000ul, 1000));
        });
        Assert.Equal((1, 2, 3, 0), (parent.Load<int>(area), parent.Load<int>(area + 4096ul), child.Load<int>(area), child.Load<int>(area + 4096ul)));
    }

    /// <summary>Runs driver code under an ioctl of the process.</summary>
    private static void InIoctl(Kernel kernel, UserProcess process, Action code)
    {
        kernel.InsertModule(new TestDriver(new FileOperations
        {
            Ioctl = (_, _, _, _) =>
            {
                code();
                return 0;
            },
        }));
        process.Ioctl(process.Open(TestDriver.Node), 0);
    }
}
