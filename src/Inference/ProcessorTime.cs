using System.Runtime.InteropServices;

namespace GpuGeek.Inference;

/// <summary>Processor time of the calling thread. On a busy machine it says what work cost; elapsed time also counts the waiting.</summary>
public static partial class ProcessorTime
{
    private const int ThreadClock = 3;

    public static TimeSpan OfThread()
    {
        if (Read(ThreadClock, out var time) != 0)
            throw new InvalidOperationException($"clock_gettime failed with error {Marshal.GetLastPInvokeError()}.");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromTicks(time.Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int Read(int clock, out Time time);
}
