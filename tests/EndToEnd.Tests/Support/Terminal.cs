using System.Diagnostics;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>What a person types into a terminal.</summary>
internal static class Terminal
{
    /// <returns>Standard output.</returns>
    public static async Task<string> RunAsync(
        string folder,
        Dictionary<string, string> environment,
        string program,
        params string[] arguments
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{await errors}\n{await output}");
        return await output;
    }
}
