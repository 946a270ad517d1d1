using System.Security.Cryptography;
using GpuGeek.Domain.Models;

namespace GpuGeek.Inference;

/// <summary>A loaded model version with its queue.</summary>
public sealed class ServedModel : IAsyncDisposable
{
    private readonly CoreSession _session;
    private readonly DynamicBatcher _batcher;

    /// <param name="threads">Threads inside one operator.</param>
    /// <param name="turns">The turns that its batches take; null: one batch at a time.</param>
    /// <exception cref="ModelRefusedException"/>
    public ServedModel(
        ModelManifest manifest,
        byte[] onnx,
        int threads,
        BatcherOptions options,
        BatcherTurns? turns = null,
        ExecutionProvider provider = ExecutionProvider.Cpu
    )
    {
        var hash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(onnx));
        if (hash != manifest.OnnxHash)
            throw new ModelRefusedException("model_hash", $"The file's hash is {hash}; model.json says {manifest.OnnxHash}.");
        Manifest = manifest;
        _session = new(onnx, threads, provider);
        try
        {
            if (_session.Classes != manifest.Classes.Length)
                throw new ModelRefusedException(
                    "model_shape",
                    $"The network has {_session.Classes} outputs, but model.json names {manifest.Classes.Length} classes."
                );
            if (_session.Side != manifest.Preprocessing.CropSize)
                throw new ModelRefusedException(
                    "model_shape",
                    $"The network takes {_session.Side} pixels, but model.json says {manifest.Preprocessing.CropSize}."
                );
            WarmUp();
        }
        catch
        {
            _session.Dispose();
            throw;
        }
        _batcher = new(_session.Logits, InputLength, options, turns);
        InferenceMeter.Loaded.Add(1);
    }

    public ModelManifest Manifest { get; }

    /// <summary>Floats of one picture.</summary>
    public int InputLength => 3 * _session.Side * _session.Side;

    /// <param name="input">3 × side × side floats, preprocessed; may be longer.</param>
    public async Task<(float[] Probabilities, BatchedLogits Batch)> PredictAsync(float[] input, CancellationToken cancellationToken)
    {
        var batch = await _batcher.EnqueueAsync(input, cancellationToken);
        return (Softmax.Of(batch.Logits, Manifest.Temperature), batch);
    }

    public async ValueTask DisposeAsync()
    {
        InferenceMeter.Loaded.Add(-1);
        await _batcher.DisposeAsync();
        _session.Dispose();
    }

    // The first run allocates and chooses kernels; a network that outputs NaN for a black picture is broken.
    private void WarmUp()
    {
        var logits = _session.Logits(new float[3 * _session.Side * _session.Side], 1);
        if (logits.Any(value => !float.IsFinite(value)))
            throw new ModelRefusedException("model_damaged", "The network's output contains values that are not numbers.");
    }
}
