using System.Buffers;
using System.Text.Json;
using GpuGeek.ChildProcesses;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Inference;

namespace GpuGeek.Worker.Evaluations;

/// <summary>The child process that predicts the pictures of an evaluation, with the classes that serve predictions. It has access to the
/// job's directory only.</summary>
internal static class EvaluationProgram
{
    /// <summary>Pictures between two reports of the progress.</summary>
    private const int AtOnce = 64;

    /// <summary>Nobody waits for one picture: none is refused because the machine is busy.</summary>
    private static readonly BatcherOptions Patient = new(QueueTimeoutMs: int.MaxValue);

    /// <returns>One of <see cref="TrainExitCode"/>.</returns>
    public static async Task<int> RunAsync(RunDirectory directory)
    {
        var spec =
            JsonSerializer.Deserialize<EvaluationSpec>(await File.ReadAllBytesAsync(directory.Spec), RunDirectory.Json)
            ?? throw new InvalidDataException("spec.json is empty.");
        using var events = new LineFile(directory.Events);
        try
        {
            await PredictAsync(spec, directory, events);
            return TrainExitCode.Succeeded;
        }
        catch (ModelRefusedException refused)
        {
            return Fail(events, new(refused.Code, "The model cannot be loaded", refused.Message, "Train it again."));
        }
        catch (UnreadablePictureException unreadable)
        {
            return Fail(
                events,
                new(
                    "image_unreadable",
                    "A picture cannot be read",
                    $"The picture sha256:{unreadable.Hash} cannot be read: {unreadable.Message}",
                    "Remove it from the dataset and create a new version."
                )
            );
        }
    }

    private static async Task PredictAsync(EvaluationSpec spec, RunDirectory directory, LineFile events)
    {
        var onnx = await File.ReadAllBytesAsync(spec.ModelFile);
        await using var model = new ServedModel(spec.Manifest, onnx, spec.Threads, Patient);
        Directory.CreateDirectory(directory.Result);
        await using var file = File.Create(Path.Combine(directory.Result, ResultFiles.Predictions));
        var done = 0;
        foreach (var chunk in spec.Images.Chunk(AtOnce))
        {
            var predictions = new TestPrediction[chunk.Length];
            await Parallel.ForAsync(
                0,
                chunk.Length,
                new ParallelOptions { MaxDegreeOfParallelism = spec.Threads },
                async (i, _) => predictions[i] = await PredictAsync(model, chunk[i], spec.ImagesDirectory)
            );
            foreach (var prediction in predictions)
            {
                await file.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(prediction, RunDirectory.Json));
                file.WriteByte((byte)'\n');
            }
            done += chunk.Length;
            Say(events, new PhaseEvent("evaluating", (double)done / spec.Images.Length) { At = TimeProvider.System.GetUtcNow() });
        }
    }

    private static async Task<TestPrediction> PredictAsync(ServedModel model, EvaluatedImage image, string folder)
    {
        var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, image.Hash));
        var input = ArrayPool<float>.Shared.Rent(model.InputLength);
        try
        {
            Preprocessor.Run(bytes, model.Manifest.Preprocessing, input.AsSpan(0, model.InputLength));
        }
        catch (ImageException refused)
        {
            throw new UnreadablePictureException(image.Hash, refused.Message);
        }
        var (probabilities, batch) = await model.PredictAsync(input, CancellationToken.None);
        // Not returned if it fails: the batcher may still hold it.
        ArrayPool<float>.Shared.Return(input);
        return new(image.Hash, image.Label, Array.IndexOf(batch.Logits, batch.Logits.Max()), probabilities);
    }

    private static int Fail(LineFile events, Failure failure)
    {
        Say(events, new FailedEvent(failure) { At = TimeProvider.System.GetUtcNow() });
        return TrainExitCode.Failed;
    }

    private static void Say(LineFile events, RunEvent line) => events.Write(JsonSerializer.Serialize(line, RunDirectory.Json));

    private sealed class UnreadablePictureException(string hash, string message) : Exception(message)
    {
        public string Hash => hash;
    }
}
