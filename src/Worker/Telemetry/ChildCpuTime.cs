using System.Globalization;

namespace GpuGeek.Worker.Telemetry;

/// <summary>The processor time of this process's children, which the kernel adds up when they end.</summary>
internal static class ChildCpuTime
{
    /// <summary>USER_HZ: the kernel's unit in <c>/proc</c> on every architecture.</summary>
    private const double TicksPerSecond = 100;

    public static double Seconds() => OperatingSystem.IsLinux() ? Parse(File.ReadAllText("/proc/self/stat")) : 0;

    /// <param name="stat">See proc(5): fields 16 and 17, cutime and cstime. The second field, a name in brackets, may contain
    /// spaces.</param>
    internal static double Parse(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture))
            / TicksPerSecond;
    }
}
