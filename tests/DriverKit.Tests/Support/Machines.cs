namespace DriverKit.Tests.Support;

/// <summary>What tests ask of a machine.</summary>
internal static class Machines
{
    public static TheoryData<Architecture> Architectures => [Architecture.I386, Architecture.I386Pae, Architecture.X8664];

    /// <summary>Seeds of random turns, on one processor and on two.</summary>
    public static TheoryData<ulong, int> Schedules
    {
        get
        {
            var data = new TheoryData<ulong, int>();
            for (ulong seed = 0; seed < 20; seed++)
            {
                data.Add(seed, 1);
                data.Add(seed, 2);
            }

            return data;
        }
    }

    public static ulong FreePages(this Kernel kernel) => kernel.Memory.PageAllocator.FreePageCount;

    public static string Buddyinfo(this Kernel kernel) => kernel.ReadFile("/proc/buddyinfo");

    /// <summary>Runs code where driver code runs and gives back what it returns.</summary>
    public static T Run<T>(this Kernel kernel, Func<T> code)
    {
        T result = default!;
        kernel.RunKernelThread(() => result = code());
        return result;
    }

    public static string[] LogLines(this Kernel kernel) => [.. kernel.Log.Lines.Select(line => line.Message)];
}
