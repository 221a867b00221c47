namespace DriverKit.Analyzers.Benchmarks;

/// <summary>Members that generated modules are put together from; <c>@</c> is a number that makes them different.</summary>
internal static class Snippets
{
    /// <summary>A module up to its members; <c>#</c> is its number.</summary>
    public const string DriverHead = """
        using System.Text;

        namespace Drivers;

        internal sealed class Module# : KernelModule
        {
            private static readonly PhysicalAddress Start = new(0xd000_0000);

            private readonly MiscDevice _misc;
            private readonly Spinlock _lock = new("module#");
            private readonly List<Request> _queue = [];
            private readonly List<KernelLogicalAddress> _tables = [];
            private readonly uint[] _geometry = new uint[8];
            private IoAddress _registers;
            private KernelVirtualAddress _buffer;
            private ulong _length;
            private long _reads;
            private uint _level;
            private int _packets, _bytes, _oversized, _runts;

            public Module#() => _misc = new() { Name = "module#", Fops = new() { Owner = this, Open = Open, Release = Release } };

            public override KernelResult Init()
            {
                _registers = Ioremap(Start, PageSize);
                if (_registers.IsNull)
                    return -ENOMEM;
                _length = 16 * PageSize;
                _buffer = Vmalloc(_length);
                if (_buffer.IsNull)
                {
                    Iounmap(_registers);
                    return -ENOMEM;
                }

                KernelResult result = MiscRegister(_misc);
                if (result.IsError)
                {
                    Vfree(_buffer);
                    Iounmap(_registers);
                }

                return result;
            }

            public override void Exit()
            {
                MiscDeregister(_misc);
                foreach (KernelLogicalAddress table in _tables)
                    Kfree(table);
                Vfree(_buffer);
                Iounmap(_registers);
            }

            private static KernelResult Open(Inode inode, OpenFile filp) => 0;

            private static KernelResult Release(Inode inode, OpenFile filp) => 0;


        """;

    /// <summary>The same of a class that never calls DriverKit.</summary>
    public const string PlainHead = """
        using System.Text;

        namespace Drivers;

        internal sealed class Module#
        {
            private readonly List<Request> _queue = [];
            private int _packets, _bytes, _oversized, _runts;

            public string Name { get; } = "module#";

            private static int Load(string path) => path.Length == 0 ? 0 : path[0];


        """;

    /// <summary>What comes after the members.</summary>
    public const string Tail = """
            private sealed class Request
            {
                public uint Tag { get; set; }

                public bool IsDone { get; set; }

                public int Status { get; set; }

                public long Sector { get; set; }

                public List<(long Start, int Length)> Parts { get; } = [];
            }
        }

        """;

    /// <summary>What most of a driver is.</summary>
    public static readonly string[] Plain =
    [
        """
            private KernelResult Reset@(uint timeout)
            {
                Writel(0x8000_0000 | @u, _registers + 0x10);
                for (uint spin = 0; spin < timeout; spin++)
                {
                    uint status = Readl(_registers + 0x14);
                    if ((status & 0x1) != 0)
                    {
                        Printk(LogLevel.Debug, $"{Name}: reset done after {spin} rounds, status {status:x}");
                        return 0;
                    }

                    if ((status & 0x80) != 0)
                        return -EIO;
                }

                Printk(LogLevel.Warning, $"{Name}: reset @ timed out");
                return -EBUSY;
            }
        """,
        """
            private KernelResult Ioctl@(Inode inode, OpenFile filp, uint command, ulong argument)
            {
                switch (command)
                {
                    case 0x4000 + @:
                        return PutUser(_geometry[@ % 8], new UserVirtualAddress(argument));
                    case 0x4001 + @:
                    {
                        KernelResult result = GetUser(out uint level, new UserVirtualAddress(argument));
                        if (result.IsError)
                            return result;
                        if (level > 7)
                            return -EINVAL;
                        _level = level;
                        Writel(level, _registers + 0x20);
                        return 0;
                    }
                    case 0x4002 + @:
                        return (filp.FFlags & OpenFlags.Sync) != 0 ? -EPERM : (KernelResult)(int)_level;
                    default:
                        return -ENOTTY;
                }
            }
        """,
        """
            private KernelResult Read@(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
            {
                if (position < 0 || (ulong)position >= _length)
                    return 0;
                ulong left = _length - (ulong)position;
                if (count > left)
                    count = left;
                if (CopyToUser(buffer, _buffer + (ulong)position, count) != 0)
                    return -EFAULT;
                position += (long)count;
                _reads += @;
                return (int)count;
            }
        """,
        """
            private KernelResult Write@(OpenFile filp, UserVirtualAddress buffer, ulong count, ref long position)
            {
                if (position < 0 || (ulong)position >= _length)
                    return -ENOSPC;
                ulong room = _length - (ulong)position;
                ulong take = count < room ? count : room;
                if (CopyFromUser(_buffer + (ulong)position, buffer, take) != 0)
                    return -EFAULT;
                position += (long)take;
                if (take < count)
                    Printk(LogLevel.Notice, $"{Name}: short write @, {take} of {count}");
                return (int)take;
            }
        """,
        """
            private Request? Take@(uint tag)
            {
                for (int i = 0; i < _queue.Count; i++)
                {
                    Request request = _queue[i];
                    if (request.Tag != tag || request.IsDone)
                        continue;
                    _queue.RemoveAt(i);
                    request.IsDone = true;
                    request.Status = (int)(tag % (@ + 3));
                    return request;
                }

                Printk(LogLevel.Debug, $"{Name}: no request {tag}");
                return null;
            }
        """,
        """
            private string Describe@(Request request)
            {
                var text = new StringBuilder();
                text.Append("req @ tag ").Append(request.Tag);
                if (request.IsDone)
                    text.Append(" done ").Append(request.Status);
                else if (request.Sector > 4096)
                    text.Append(" far ").Append(request.Sector);
                foreach (var part in request.Parts)
                    text.Append(' ').Append(part.Start).Append('+').Append(part.Length);
                string line = text.ToString();
                return line.Length > 72 ? line.Substring(0, 72) : line;
            }
        """,
        """
            private uint Checksum@(byte[] data, int offset, int count)
            {
                uint sum = 0x1d0f + @u;
                for (int i = offset; i < offset + count && i < data.Length; i++)
                {
                    sum ^= (uint)data[i] << 8;
                    for (int bit = 0; bit < 8; bit++)
                        sum = (sum & 0x8000) != 0 ? (sum << 1) ^ 0x1021 : sum << 1;
                }

                if (sum == 0)
                    Printk("checksum @ is zero");
                return sum & 0xffff;
            }
        """,
        """
            private KernelResult Setup@(uint minor)
            {
                KernelLogicalAddress table = Kzalloc(PageSize, GfpFlags.Kernel);
                if (table.IsNull)
                    return -ENOMEM;
                for (uint i = 0; i < 16; i++)
                    Store(table + (i * 4ul), (minor << 8) | i);
                KernelResult result = Reset@B(minor);
                if (result.IsError)
                {
                    Kfree(table);
                    return result;
                }

                _tables.Add(table);
                return 0;
            }

            private KernelResult Reset@B(uint minor)
            {
                Writeb((byte)minor, _registers + 0x30);
                return Readb(_registers + 0x31) == (byte)minor ? 0 : -ENODEV;
            }
        """,
        """
            private bool Parse@(string options, out uint width, out uint height)
            {
                width = 640;
                height = 480;
                foreach (string option in options.Split(','))
                {
                    int equals = option.IndexOf('=');
                    if (equals <= 0)
                        continue;
                    string key = option[..equals].Trim(), value = option[(equals + 1)..].Trim();
                    switch (key)
                    {
                        case "width" when uint.TryParse(value, out uint w):
                            width = w;
                            break;
                        case "height" when uint.TryParse(value, out uint h):
                            height = h + @u;
                            break;
                        default:
                            Printk(LogLevel.Warning, $"{Name}: unknown option {key}");
                            return false;
                    }
                }

                return width * height <= 1 << 24;
            }
        """,
        """
            private KernelResult Mmap@(OpenFile filp, VmAreaStruct vma)
            {
                ulong first = vma.VmPgoff, pages = vma.Length >> PageShift;
                if (first >= @ + 16 || pages > @ + 16 - first)
                    return -EINVAL;
                if (vma.IsCopyOnWrite)
                    return -EINVAL;
                vma.VmPageProt = PgprotWritecombine(vma.VmPageProt);
                vma.VmFlags |= VmFlags.Io | VmFlags.DontExpand;
                if (RemapPfnRange(vma, vma.VmStart, Start.ToPfn() + first, vma.Length, vma.VmPageProt).IsError)
                    return -EAGAIN;
                Printk(LogLevel.Info, $"{Name}: mapped {pages} pages");
                return 0;
            }
        """,
        """
            private void Count@(int packets, int bytes)
            {
                _packets += packets;
                _bytes += bytes;
                if (_packets % 1024 == @ % 1024)
                    Printk(LogLevel.Debug, $"{Name}: {_packets} packets, {_bytes} bytes, {_bytes / Math.Max(1, _packets)} each");
                if (bytes > 1500)
                    _oversized++;
                else if (bytes < 64)
                    _runts++;
            }
        """,
    ];

    /// <summary>What the flow rules are about.</summary>
    public static readonly string[] Hot =
    [
        """
            private KernelResult CopyPage@(Page page, UserVirtualAddress to, ulong count)
            {
                KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
                ulong left = CopyToUserInatomic(to, at, count);
                KunmapAtomic(at, KmType.User0);
                if (left == 0)
                    return 0;
                at = Kmap(page);
                left = CopyToUser(to, at, count);
                Kunmap(page);
                return left != 0 ? -EFAULT : (KernelResult)@;
            }
        """,
        """
            private int Clear@(Page[] pages, bool isHigh, uint limit)
            {
                int cleared = 0;
                for (int i = 0; i < pages.Length; i++)
                {
                    Page page = pages[i];
                    bool isAtomic = isHigh && PageHighMem(page);
                    KernelVirtualAddress at = isAtomic ? KmapAtomic(page, KmType.User0) : PageAddress(page);
                    if (cleared > limit)
                    {
                        if (isAtomic)
                            KunmapAtomic(at, KmType.User0);
                        return -1;
                    }

                    Memset(at, (byte)@, PageSize);
                    if (isAtomic)
                        KunmapAtomic(at, KmType.User0);
                    cleared++;
                }

                return cleared;
            }
        """,
        """
            private ulong Sum@(Page page, int count)
            {
                ulong sum = @;
                KernelVirtualAddress at = Grab@(page);
                for (int i = 0; i < count; i++)
                {
                    uint word = Load<uint>(at + ((ulong)i * 4));
                    if (word == 0)
                        break;
                    sum += word;
                }

                Drop@(at);
                return sum;
            }

            private static KernelVirtualAddress Grab@(Page page) => KmapAtomic(page, KmType.User1);

            private static void Drop@(KernelVirtualAddress at) => KunmapAtomic(at, KmType.User1);
        """,
        """
            private KernelResult Queue@(uint sector, uint count)
            {
                KernelLogicalAddress block = Kmalloc(count * 512ul, GfpFlags.Kernel);
                if (block.IsNull)
                    return -ENOMEM;
                PhysicalAddress device = VirtToPhys(block);
                uint low = (uint)(device.Value & 0xffff_ffff), high = (uint)(device.Value >> 32);
                Writel(low, _registers + 0x40);
                Writel(high, _registers + 0x44);
                Writel(sector + @u, _registers + 0x48);
                if ((Readl(_registers + 0x4c) & 1) == 0)
                {
                    Kfree(block);
                    return -EIO;
                }

                Page page = VirtToPage(block);
                SetPageReserved(page);
                return 0;
            }
        """,
        """
            private Page? Find@(UserVirtualAddress address, VmAreaStruct vma)
            {
                ulong offset = address.Value - vma.VmStart.Value;
                ulong index = (offset >> PageShift) + vma.VmPgoff;
                if (index >= @ + 64)
                    return null;
                PhysicalAddress where = new(Start.Value + (index << PageShift));
                if (!PfnValid(where.ToPfn()))
                    return null;
                Page page = PfnToPage(where.ToPfn());
                GetPage(page);
                return page;
            }
        """,
    ];

    /// <summary>The mistakes that drivers make.</summary>
    public static readonly string[] Buggy =
    [
        """
            private KernelResult Careless@(UserVirtualAddress to, ulong count)
            {
                if (count > PageSize)
                    return -EINVAL;
                SpinLock(_lock);
                KernelLogicalAddress copy = Kmalloc(count, GfpFlags.Kernel);
                if (copy.IsNull)
                    return -ENOMEM;
                Memcpy(copy, _buffer, count);
                SpinUnlock(_lock);
                KernelResult result = CopyToUser(to, copy, count) != 0 ? -EFAULT : (KernelResult)count;
                Kfree(copy);
                return result;
            }
        """,
        """
            private KernelResult Leaky@(uint words)
            {
                KernelLogicalAddress block = Kmalloc(PageSize, GfpFlags.Kernel);
                if (block.IsNull)
                    return -ENOMEM;
                for (uint i = 0; i < words && i < 1024; i++)
                {
                    uint word = Readl(_registers + 0x50);
                    if (word == 0)
                        return -EIO;
                    Store(block + (i * 4ul), word);
                }

                Kfree(block);
                return 0;
            }
        """,
        """
            private ulong Stale@(Page page)
            {
                KernelVirtualAddress at = KmapAtomic(page, KmType.User0);
                ulong first = Load<ulong>(at);
                KunmapAtomic(at, KmType.User0);
                return first + Load<ulong>(at + 8);
            }
        """,
    ];

    /// <summary>Library code: no kernel function, no address; some of its own names are those of kernel functions.</summary>
    public static readonly string[] Unrelated =
    [
        """
            private int Total@(Dictionary<string, int?> parts, string path)
            {
                int total = Load(path) + @;
                foreach (var part in parts)
                {
                    if (!part.Value.HasValue || part.Key.Length == 0)
                        continue;
                    total += part.Value.Value;
                    if (total > 1 << 20)
                        return -1;
                }

                return total;
            }
        """,
        Plain[5], Plain[10].Replace("Printk(LogLevel.Debug, ", "Console.WriteLine(", StringComparison.Ordinal),
        Plain[6].Replace("Printk(", "Console.WriteLine(", StringComparison.Ordinal),
        Plain[8].Replace("Printk(LogLevel.Warning, ", "Console.WriteLine(", StringComparison.Ordinal),
        Plain[4].Replace("Printk(LogLevel.Debug, ", "Console.WriteLine(", StringComparison.Ordinal),
    ];
}
