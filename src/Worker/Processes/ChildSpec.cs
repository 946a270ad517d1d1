namespace GpuGeek.Worker.Processes;

internal sealed record ChildSpec
{
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

    /// <summary>Arguments for <c>setsid</c>: the wrappers exec one another in place, so the pid remains that of the child and its
    /// group.</summary>
    public IEnumerable<string> CommandLine()
    {
        yield return "setpriv";
        yield return "--pdeathsig";
        yield return "KILL";
        if (Nice != 0)
        {
            yield return "nice";
            yield return "-n";
            yield return Nice.ToString(System.Globalization.CultureInfo.InvariantCulture);
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
}
