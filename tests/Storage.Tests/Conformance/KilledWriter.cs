using System.Diagnostics;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Storage.Tests.S3;
using GpuGeek.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Storage.Tests.Conformance;

/// <summary>A process of its own, this assembly again, that is killed in the middle of a write.</summary>
public sealed class KilledWriter
{
    private const string Key = SwiftServer.ChildMarker;
    private const string Length = "GPUGEEK_TEST_WRITER_LENGTH";
    private const string After = "GPUGEEK_TEST_WRITER_AFTER";
    private const string Marker = "GPUGEEK_TEST_WRITER_MARKER";

    public static bool IsThisProcess => Environment.GetEnvironmentVariable(Key) is not null;

    /// <summary>Kills it when so many bytes have gone into the store.</summary>
    internal static async Task RunAsync(IReadOnlyDictionary<string, string> variables, string key, long? length, long after)
    {
        var marker = Path.Combine(Path.GetTempPath(), $"gpugeek-writer-{Guid.CreateVersion7(TimeProvider.System.GetUtcNow()):N}");
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            ["-class", typeof(KilledWriter).FullName!, "-explicit", "only", "-noLogo"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        (start.Environment[Key], start.Environment[Length]) = (key, $"{length}");
        (start.Environment[After], start.Environment[Marker]) = ($"{after}", marker);
        using var writer = Process.Start(start)!;
        try
        {
            var output = writer.StandardOutput.ReadToEndAsync(Bench.Cancel);
            await Eventually.HoldsAsync(
                async () =>
                {
                    if (writer.HasExited)
                        Assert.Fail($"The writer ended by itself: {await output}");
                    return File.Exists(marker);
                },
                halted => halted
            );
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync(CancellationToken.None);
            File.Delete(marker);
        }
        Assert.Equal(128 + 9, writer.ExitCode);
    }

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        Assert.SkipUnless(IsThisProcess, "Only another test starts this, in a process of its own.");
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddObjectStore(configuration)
            .BuildServiceProvider();
        await services
            .GetRequiredService<IObjectStore>()
            .PutAsync(
                configuration[Key]!,
                new Trickle(
                    long.MaxValue,
                    at: configuration.GetValue<long>(After),
                    halt: async cancel =>
                    {
                        await File.WriteAllTextAsync(configuration[Marker]!, "", cancel);
                        await Task.Delay(Timeout.Infinite, cancel);
                    }
                ),
                configuration.GetValue<long?>(Length),
                Bench.Cancel
            );
    }
}
