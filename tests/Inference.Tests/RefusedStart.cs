using System.Diagnostics;

namespace GpuGeek.Inference.Tests;

/// <summary>Predictor with settings that it refuses.</summary>
internal static class RefusedStart
{
    /// <returns>The one line that it says before it exits with 1.</returns>
    public static async Task<string> SaysAsync(params (string Name, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-predictor-");
        try
        {
            var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "GpuGeek.Predictor")) { RedirectStandardError = true };
            start.Environment["GPUGEEK_PREDICTOR_ADDRESS"] = Path.Combine(folder.FullName, "p.sock");
            start.Environment["Logging__LogLevel__Default"] = "None";
            foreach (var (name, value) in settings)
                start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(1, process.ExitCode);
            return Assert.Single(error.Trim().Split('\n'));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
