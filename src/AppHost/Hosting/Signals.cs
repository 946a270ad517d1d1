using System.Runtime.InteropServices;

namespace GpuGeek.AppHost.Hosting;

public enum PosixSignalNumber
{
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    Terminate = 15,
}

public static partial class Signals
{
    /// <param name="pid">A process id, or the negative id of a process group.</param>
    public static void Send(int pid, PosixSignalNumber signal) => _ = kill(pid, (int)signal);

    [LibraryImport("libc")]
    private static partial int kill(int pid, int signal);
}
