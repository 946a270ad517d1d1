using System.Text.Json;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Storage;

namespace GpuGeek.Worker.Runs;

/// <summary>Uploads a successful run's files under content-addressed names.</summary>
internal sealed class ResultUpload(IObjectStore store)
{
    /// <exception cref="ResultDamagedException">A file is missing or does not match the result.</exception>
    public async Task<RunPublication> UploadAsync(RunDirectory directory, ResultEvent said, Guid org, CancellationToken cancellationToken)
    {
        var onnx = PathOf(directory, ResultFiles.Onnx);
        var manifest = ReadManifest(PathOf(directory, ResultFiles.Manifest));
        var onnxHash = await store.PutContentAsync(org, onnx, cancellationToken);
        if (onnxHash != said.Result.OnnxHash)
            throw new ResultDamagedException($"{ResultFiles.Onnx} is not the file whose hash the result names.");
        return new()
        {
            Result = said.Result,
            MadeAt = said.At,
            Manifest = manifest,
            OnnxHash = onnxHash,
            OnnxBytes = new FileInfo(onnx).Length,
            PredictionsHash = await store.PutContentAsync(org, PathOf(directory, ResultFiles.Predictions), cancellationToken),
            WeightsHash = await store.PutContentAsync(org, PathOf(directory, ResultFiles.Weights), cancellationToken),
        };
    }

    private static string PathOf(RunDirectory directory, string name)
    {
        var path = Path.Combine(directory.Result, name);
        return File.Exists(path) ? path : throw new ResultDamagedException($"{name} is missing from the result.");
    }

    private static ModelManifest ReadManifest(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(path), RunDirectory.Json)
                ?? throw new ResultDamagedException($"{ResultFiles.Manifest} is empty.");
        }
        catch (JsonException)
        {
            throw new ResultDamagedException($"{ResultFiles.Manifest} cannot be read.");
        }
    }
}

internal sealed class ResultDamagedException(string message) : Exception(message);
