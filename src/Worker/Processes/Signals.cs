using System.Runtime.InteropServices;

namespace GpuGeek.ChildProcesses;

internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <param name="pid">A process id, or the negative id of a process group.</param>
    /// <returns>False: there is no such process or group.</returns>
    public static bool Send(int pid, int signal) => kill(pid, signal) == 0;

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
