using System.Text.Json;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Inference;
using GpuGeek.Recipes;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Export;

namespace GpuGeek.Training.Tests.Support;

/// <summary>A run directory with pictures and a spec, as created by a supervisor, and the training run in it.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly TempFolder _folder;

    public RunFolder(
        Recipe recipe,
        Func<string, RunImage[]> pictures,
        string[]? classes = null,
        string? weights = null,
        int threads = 1,
        string? root = null
    )
    {
        _folder = new(root);
        Directory.CreateDirectory(_folder.Path);
        Spec = new RunSpec
        {
            RunId = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            Attempt = 1,
            Recipe = recipe,
            Classes = classes ?? ShapePictures.Classes,
            Images = pictures(ImagesFolder),
            ImagesDirectory = ImagesFolder,
            WeightsFile = weights,
            Threads = threads,
            Model = "shapes",
            ModelVersion = 1,
        };
        WriteSpec(Spec);
    }

    public RunDirectory Files => new(_folder.Path);
    public RunSpec Spec { get; }
    public string ImagesFolder => _folder.File("images");

    public void WriteSpec(RunSpec spec) => File.WriteAllBytes(Files.Spec, JsonSerializer.SerializeToUtf8Bytes(spec, RunDirectory.Json));

    public int Train(TimeSpan? checkpointEvery = null, ICoreModelProof? proof = null, ITrialProcess? trials = null) =>
        TrainingProgram.Run(
            Files,
            proof ?? new OnnxRuntimeProof(),
            trials ?? new TrialHere(),
            TimeProvider.System,
            Pace(checkpointEvery),
            CancellationToken.None
        );

    /// <summary>Simulates a supervisor that sends SIGTERM once this attempt has written this many events.</summary>
    public int TrainUntil(int events, TimeSpan? checkpointEvery = null)
    {
        using var stop = new CancellationTokenSource();
        return TrainingProgram.Run(
            Files,
            new OnnxRuntimeProof(),
            new TrialHere(),
            new StoppingClock(events, stop),
            Pace(checkpointEvery),
            stop.Token
        );
    }

    // What a checkpoint costs depends on the machine; without it the end of every epoch has one.
    private static CheckpointPace Pace(TimeSpan? every) => new(every ?? TimeSpan.FromMinutes(1), TimesCost: 0);

    public RunEvent[] Events() =>
        [.. File.ReadLines(Files.Events).Select(line => JsonSerializer.Deserialize<RunEvent>(line, RunDirectory.Json)!)];

    public RunResult Result() => Events().OfType<ResultEvent>().Last().Result;

    /// <returns>The class of each test picture, by its hash.</returns>
    public Dictionary<string, int> Predictions() =>
        File.ReadLines(ResultPath(ResultFiles.Predictions))
            .Select(line => JsonSerializer.Deserialize<TestPrediction>(line, RunDirectory.Json)!)
            .ToDictionary(p => p.Hash, p => p.Predicted, StringComparer.Ordinal);

    public FailedEvent Failure() => Events().OfType<FailedEvent>().Single();

    public string ResultPath(string name) => Path.Combine(Files.Result, name);

    public void Dispose() => _folder.Dispose();
}

/// <summary>Measures in this process, on a thread of its own.</summary>
internal sealed class TrialHere : ITrialProcess
{
    public int Probe(RunDirectory directory, TimeSpan longest, CancellationToken stop) =>
        TrainingProgram.Probe(directory, TimeSpan.FromSeconds(0.2), stop);
}

/// <summary>The ONNX session class that serves predictions.</summary>
internal sealed class OnnxRuntimeProof : ICoreModelProof
{
    public float[][] Logits(string onnxPath, float[] inputs, int count)
    {
        using var session = new CoreSession(File.ReadAllBytes(onnxPath), 1);
        return [.. session.Logits(inputs, count).Chunk(session.Classes)];
    }
}
