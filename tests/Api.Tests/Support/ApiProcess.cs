using System.Diagnostics;

namespace GpuGeek.Api.Tests.Support;

/// <summary>The API in a separate process, which a test can kill.</summary>
internal sealed record ApiProcess(Process Process, Uri Address) : IDisposable
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>On the same database and with the same keys as the application.</summary>
    /// <param name="system">Another way to the database for the system role.</param>
    public static async Task<ApiProcess> StartAsync(ApiApplication app, string? system = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location]) { RedirectStandardOutput = true };
        app.SettingsTo(start.Environment);
        if (system is not null)
            start.Environment["GPUGEEK_DB_SYSTEM"] = system;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Default"] = "Information";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            const string listening = "Now listening on: ";
            var at = line.IndexOf(listening, StringComparison.Ordinal);
            if (at < 0)
                continue;
            // The pipe must be read, or a full one would block the process.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new(process, new(line[(at + listening.Length)..].Trim()));
        }
        throw new InvalidOperationException($"The API did not start; it ended with {process.ExitCode}.");
    }

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.Dispose();
    }
}
