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
        var start = new ProcessStartInfo(HostPrograms.Find("Api"), [verb])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new PartFailedException($"Api {verb}", $"it exited with code {process.ExitCode}.", errors.Trim());
    }
}
