using System.Diagnostics;

namespace GpuGeek.AppHost.Hosting;

/// <summary>Runs a command of Api other than serving, as a separate process.</summary>
internal static class ApiVerb
{
    /// <returns>Its output.</returns>
    /// <exception cref="PartFailedException">The command failed; the message has its output.</exception>
    public static async Task<string> RunAsync(
        string verb,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken
    )
    {
        var start = new ProcessStartInfo(HostPrograms.Find("Api"), [verb]);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var (exitCode, output, errors) = await ExternalCommand.RunAsync(start, cancellationToken);
        return exitCode == 0
            ? output.Trim()
            : throw new PartFailedException($"Api {verb}", $"it exited with code {exitCode}.", errors.Trim());
    }
}
