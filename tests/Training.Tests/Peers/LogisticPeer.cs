using System.Diagnostics;
using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.TestSupport;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Peers;

/// <summary>A logistic regression of Debian's PyTorch on the embeddings of a run (<c>tests/Peers/logistic_peer.py</c>).</summary>
internal static class LogisticPeer
{
    private const string Python = "/usr/bin/python3";
    private static readonly string Script = Path.Combine(SharedData.RepositoryRoot, "tests", "Peers", "logistic_peer.py");

    /// <returns>The class of each test picture.</returns>
    public static async Task<Dictionary<string, int>> PredictAsync(RunFolder run, CancellationToken cancellationToken)
    {
        if (!File.Exists(Python))
            throw Xunit.Sdk.SkipException.ForSkip($"{Python} is absent: run tests/Peers/torchvision.sh.");
        await using var file = File.OpenRead(EmbeddingFile.PathIn(run.Files, EmbeddingKey.Of(run.Spec)));
        var images = run.Spec.Images.ToDictionary(i => i.Hash, StringComparer.Ordinal);
        // Training pictures have several views, all of which are trained on.
        var rows = EmbeddingFile
            .Read(file)
            .Select(record => (Image: images[Convert.ToHexStringLower(record.Picture)], record.Vector))
            .ToList();
        var path = Path.Combine(run.Files.Root, "rows.bin");
        await File.WriteAllBytesAsync(path, [.. rows.SelectMany(r => r.Vector.ToArray())], cancellationToken);
        var request = new
        {
            rows = path,
            width = rows[0].Vector.Length / sizeof(float),
            splits = rows.Select(r => r.Image.Split),
            labels = rows.Select(r => r.Image.Label),
            refit = run.Spec.Recipe.Transfer.Refit,
        };
        var answer = await AskAsync(JsonSerializer.Serialize(request), cancellationToken);
        return rows.Where(r => r.Image.Split == Splits.Test)
            .Zip(answer)
            .ToDictionary(pair => pair.First.Image.Hash, pair => pair.Second, StringComparer.Ordinal);
    }

    private static async Task<int[]> AskAsync(string request, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Python, [Script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteLineAsync(request.AsMemory(), cancellationToken);
        var answer = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
        return JsonSerializer.Deserialize<int[]>(answer)!;
    }
}
