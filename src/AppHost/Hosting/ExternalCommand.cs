using System.Diagnostics;

namespace GpuGeek.AppHost.Hosting;

/// <summary>Runs a program to its end: initdb, pg_dump, a command of Api. A cancelled one is killed with its children and has exited
/// before the exception is thrown, so that its files can be deleted.</summary>
internal static class ExternalCommand
{
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        ProcessStartInfo start,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = "/";
        using var process = Process.Start(start)!;
        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = await process.StandardError.ReadToEndAsync(CancellationToken.None);
        var printed = await output;
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return (process.ExitCode, printed, errors);
    }
}
