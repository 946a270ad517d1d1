using System.Buffers;
using System.Diagnostics;
using GpuGeek.Imaging;
using GpuGeek.Inference;

namespace GpuGeek.Predictor;

/// <summary>Identity of this process: new at every start.</summary>
internal sealed record PredictorIdentity(Guid BootId);

/// <summary>Decodes pictures when it is their organisation's turn. The number of turns limits the memory too: each picture may take a few
/// hundred megabytes.</summary>
internal sealed class Decoding(FairTurns turns)
{
    /// <returns>The input of the model in a rented array, and the milliseconds that decoding took.</returns>
    /// <exception cref="ImageException"/>
    public async Task<(float[] Input, double DecodeMs)> DecodeAsync(
        string organisation,
        byte[] image,
        ServedModel model,
        CancellationToken cancellationToken
    )
    {
        var turn = await turns.EnterAsync(organisation, 1, cancellationToken);
        // The turn must be ended: this work is not canceled any more.
        return await Task.Run(() => turn.Run(() => Decode(image, model)), CancellationToken.None);
    }

    private static (float[] Input, double DecodeMs) Decode(byte[] image, ServedModel model)
    {
        var started = Stopwatch.GetTimestamp();
        // Rented: an array of this size would go to the large object heap, which only a full collection cleans.
        var input = ArrayPool<float>.Shared.Rent(model.InputLength);
        try
        {
            Preprocessor.Run(image, model.Manifest.Preprocessing, input.AsSpan(0, model.InputLength));
            return (input, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch
        {
            ArrayPool<float>.Shared.Return(input);
            throw;
        }
    }
}
