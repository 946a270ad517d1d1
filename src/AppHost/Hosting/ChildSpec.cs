using GpuGeek.ChildProcesses;

namespace GpuGeek.AppHost.Hosting;

internal sealed record ChildSpec : IChildSpec
{
    public required string Name { get; init; }
    public required string FileName { get; init; }
    public string[] Arguments { get; init; } = [];
    public Dictionary<string, string> Environment { get; init; } = [];
    public required string LogFile { get; init; }

    /// <summary>Options of setpriv that change the account.</summary>
    public string[] SetPrivArguments { get; init; } = [];

    /// <summary>The signal that the child gets when this process dies, for whatever reason.</summary>
    public string DeathSignal { get; init; } = "KILL";

    public IEnumerable<string> CommandLine() => ["setpriv", .. SetPrivArguments, "--pdeathsig", DeathSignal, FileName, .. Arguments];

    public void Change(IDictionary<string, string?> environment)
    {
        foreach (var (name, value) in Environment)
            environment[name] = value;
    }

    public IChildLog OpenLog() => new LogFile(LogFile);
}
