using System.Globalization;
using GpuGeek.Domain.Common;

namespace GpuGeek.ChildProcesses;

internal sealed record ChildSpec : IChildSpec
{
    private const string HeapLimitVariable = "DOTNET_GCHeapHardLimit";

    /// <summary>True in a child whose heap is limited.</summary>
    public static bool IsLimited => System.Environment.GetEnvironmentVariable(HeapLimitVariable) is not null;

    public required string Name { get; init; }
    public required string FileName { get; init; }
    public string[] Arguments { get; init; } = [];
    public Dictionary<string, string> Environment { get; init; } = [];

    /// <summary>stdout and stderr, appended.</summary>
    public required string LogFile { get; init; }

    /// <summary>0 keeps it; 5 gives priority to other work on the machine.</summary>
    public int Nice { get; init; }

    /// <summary>Bytes of address space, or null for no limit.</summary>
    public long? AddressSpace { get; init; }

    /// <summary>Bytes of the managed heap, or null for no limit. With a limit of address space it needs its own: the garbage collector
    /// reserves far more than it uses.</summary>
    public long? HeapLimit { get; init; }

    public IEnumerable<string> CommandLine()
    {
        yield return "setpriv";
        yield return "--pdeathsig";
        yield return "KILL";
        if (Nice != 0)
        {
            yield return "nice";
            yield return "-n";
            yield return Nice.ToString(CultureInfo.InvariantCulture);
        }
        if (AddressSpace is { } bytes)
        {
            yield return "prlimit";
            yield return $"--as={bytes}";
        }
        yield return FileName;
        foreach (var argument in Arguments)
            yield return argument;
    }

    /// <summary>The child decodes untrusted bytes and runs native code: it gets no credentials.</summary>
    public void Change(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(IsSecret).ToList())
            environment.Remove(name);
        foreach (var (name, value) in Environment)
            environment[name] = value;
        if (HeapLimit is { } bytes)
            environment[HeapLimitVariable] = bytes.ToString("x", CultureInfo.InvariantCulture);
        if (TraceParent.Current is { } trace)
            environment["TRACEPARENT"] = trace;
    }

    public IChildLog OpenLog() => new BoundedLog(LogFile);

    private static bool IsSecret(string name) =>
        name is not "GPUGEEK_LIBTORCH"
        && (name.StartsWith("GPUGEEK_", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal));
}
