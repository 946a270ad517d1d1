using System.Diagnostics;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.Deploy.Tests.Backups;

/// <summary>What an operator types, as real processes.</summary>
internal static class Command
{
    public static string Api => RunningPlatform.Program.Replace("AppHost", "Api", StringComparison.Ordinal);

    public static Task<(int Code, string Said)> BackupAsync(string data, string to, params (string Name, string Value)[] environment) =>
        RunAsync(RunningPlatform.Program, environment, "backup", "--data", data, "--to", to);

    public static Task<(int Code, string Said)> RestoreAsync(string from, string data, params (string Name, string Value)[] environment) =>
        RunAsync(RunningPlatform.Program, environment, "restore", "--from", from, "--data", data);

    /// <returns>The exit code, and what was printed on either stream.</returns>
    public static async Task<(int Code, string Said)> RunAsync(
        string program,
        IEnumerable<(string Name, string Value)> environment,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, (output + await errors).Trim());
    }

    public static void Copy(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", from, to]);
        copy.WaitForExit();
        Assert.Equal(0, copy.ExitCode);
    }
}
