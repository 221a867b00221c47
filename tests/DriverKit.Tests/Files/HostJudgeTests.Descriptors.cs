using DriverKit.Tests.Support;

namespace DriverKit.Tests.Files;

/// <content>Calls on descriptors, and those with several buffers.</content>
public sealed partial class HostJudgeTests
{
    private sealed partial class Trial
    {
        /// <summary>The four calls with several buffers; memory must be the same afterwards too.</summary>
        private void CompareVectors(int model, int host, long offset)
        {
            bool writes = random.Next(2) == 0, isPositioned = random.Next(2) == 0;
            (Iovec[] here, Iovec[] there) = memory.Vectors(random, writes);
            memory.Fill(random);
            (Func<long> call, long result) = (writes, isPositioned) switch
            {
                (false, false) => ((Func<long>)(() => process.Readv(model, here)), HostLibc.Readv(host, there)),
                (false, true) => (() => process.Preadv(model, here, offset), HostLibc.Preadv(host, there, offset)),
                (true, false) => (() => process.Writev(model, here), HostLibc.Writev(host, there)),
                _ => (() => process.Pwritev(model, here, offset), HostLibc.Pwritev(host, there, offset)),
            };
            Compare($"{(isPositioned ? "p" : "")}{(writes ? "writev" : "readv")} [{string.Join(", ", here)}] {offset}", call, result);
            memory.AssertEqual();
        }

        /// <summary>fcntl and dup3, with numbers of descriptors that the host's process has not in use.</summary>
        private void CompareDescriptor(int model, int host)
        {
            const int Free = 500, Limit = 1 << 20;
            OpenFlags flags = (OpenFlags)random.Next(4) | (random.Next(2) == 0 ? OpenFlags.Append : 0) | (random.Next(2) == 0 ? OpenFlags.NonBlock | OpenFlags.Create | OpenFlags.Sync : 0);
            switch (random.Next(5))
            {
                case 0:
                    Both(FcntlCommand.SetFl, (long)flags);
                    break;
                case 1:
                    Both(FcntlCommand.SetFd, (long)random.Next(4));
                    break;
                case 2:
                    FcntlCommand copies = random.Next(2) == 0 ? FcntlCommand.DupFd : FcntlCommand.DupFdCloexec;
                    long from = random.Next(4) == 0 ? -1 : Free;
                    int copy = (int)Both(copies, from);
                    if (copy < 0)
                        break;
                    Compare("F_GETFD", () => process.Fcntl(copy, FcntlCommand.GetFd), HostLibc.Fcntl(copy, FcntlCommand.GetFd, 0));
                    Compare("close", () => process.Close(copy), HostLibc.Close(copy));
                    break;
                case 3:
                    int target = random.Next(3) switch { 0 => -1, 1 => Limit, _ => Free };
                    OpenFlags given = random.Next(3) == 0 ? flags : OpenFlags.CloseOnExec;
                    Compare($"dup3 {target} {given}", () => process.Dup3(model, target, given), HostLibc.Dup3(host, target, given));
                    if (target == Free)
                        Assert.Equal(Try(() => CloseModel(Free)), HostLibc.Close(Free));
                    break;
                default:
                    Both((FcntlCommand)(2000 + random.Next(10)), 0);
                    break;
            }

            Both(FcntlCommand.GetFl, 0);
            Both(FcntlCommand.GetFd, 0);

            long Both(FcntlCommand command, long argument)
            {
                long result = HostLibc.Fcntl(host, command, argument);
                Compare($"fcntl {command} {argument}", () => process.Fcntl(model, command, argument), result);
                return result;
            }

            long CloseModel(int fd)
            {
                process.Close(fd);
                return 0;
            }
        }

        /// <summary>The commands that the kernel carries out itself.</summary>
        private void CompareIoctl(int model, int host)
        {
            uint[] commands = [Fionread, Fionbio, Fioclex, Fionclex];
            uint command = commands[random.Next((ulong)commands.Length)];
            memory.Fill(random);
            bool isBad = random.Next(4) == 0;
            ulong here = isBad ? 8 : memory.Model.Value, there = isBad ? 8 : memory.Host;
            Compare($"ioctl 0x{command:x}{(isBad ? " bad" : "")}", () => process.Ioctl(model, command, here), HostLibc.Ioctl(host, command, there));
            memory.AssertEqual();
        }
    }
}
