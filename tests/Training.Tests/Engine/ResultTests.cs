using System.Text.Json;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Imaging;
using GpuGeek.Inference;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Tests.Support;

namespace GpuGeek.Training.Tests.Engine;

/// <summary>One small training, looked at from all sides.</summary>
public sealed class TrainedOnce : IDisposable
{
    public TrainedOnce()
    {
        Run = new RunFolder(TestRecipes.Tiny("resnet18", epochs: 3, inputSize: 48), folder => ShapePictures.Write(folder, 16, 6, 12));
        ExitCode = Run.Train();
    }

    internal RunFolder Run { get; }
    public int ExitCode { get; }

    public void Dispose() => Run.Dispose();
}

public sealed class ASucceededRun(TrainedOnce trained) : IClassFixture<TrainedOnce>
{
    private readonly RunFolder _run = trained.Run;

    [Fact]
    public void Leaves_every_file_that_its_supervisor_uploads()
    {
        Assert.Equal(TrainExitCode.Succeeded, trained.ExitCode);
        foreach (
            var name in new[] { ResultFiles.Onnx, ResultFiles.Manifest, ResultFiles.Result, ResultFiles.Predictions, ResultFiles.Weights }
        )
            Assert.True(File.Exists(_run.ResultPath(name)), name);
        var stored = JsonSerializer.Deserialize<RunResult>(File.ReadAllBytes(_run.ResultPath(ResultFiles.Result)), RunDirectory.Json)!;
        Assert.Equal(_run.Result().OnnxHash, stored.OnnxHash);
        Assert.Equal(122, ModuleState.Read(_run.ResultPath(ResultFiles.Weights)).Tensors.Length);
    }

    [Fact]
    public void Says_what_thresholds_do_on_its_validation_pictures()
    {
        var thresholds = _run.Result().Thresholds!;
        Assert.Equal(ThresholdFigures.Steps, thresholds.Length);
        Assert.Equal((1, _run.Result().ValAccuracy), (thresholds[0].Coverage, thresholds[0].Recall));
        Assert.All(thresholds.Zip(thresholds.Skip(1)), pair => Assert.True(pair.First.Coverage >= pair.Second.Coverage));
    }

    [Fact]
    public void Describes_its_model_completely()
    {
        var manifest = JsonSerializer.Deserialize<ModelManifest>(
            File.ReadAllBytes(_run.ResultPath(ResultFiles.Manifest)),
            RunDirectory.Json
        )!;
        Assert.Equal(ShapePictures.Classes, manifest.Classes);
        Assert.Equal((55, 48), (manifest.Preprocessing.ResizeShorter, manifest.Preprocessing.CropSize));
        Assert.Equal("sha256:" + _run.Result().OnnxHash, manifest.OnnxHash);
        Assert.Equal((18, _run.Result().Temperature), (manifest.Opset, manifest.Temperature));
    }

    /// <summary>The promise: what a client gets from the endpoint is what the run's page says, to 1e-4.</summary>
    [Fact]
    public void Predicts_what_its_onnx_file_serves_from_the_original_bytes()
    {
        var manifest = JsonSerializer.Deserialize<ModelManifest>(
            File.ReadAllBytes(_run.ResultPath(ResultFiles.Manifest)),
            RunDirectory.Json
        )!;
        using var session = new CoreSession(File.ReadAllBytes(_run.ResultPath(ResultFiles.Onnx)), 1);
        var predictions = Predictions();
        Assert.Equal(36, predictions.Length);
        foreach (var prediction in predictions)
        {
            var input = new float[3 * 48 * 48];
            Preprocessor.Run(File.ReadAllBytes(Path.Combine(_run.ImagesFolder, prediction.Hash)), manifest.Preprocessing, input);
            var served = Softmax.Of(session.Logits(input, 1), manifest.Temperature);
            foreach (var (a, b) in served.Zip(prediction.Probabilities))
                Assert.Equal(a, b, 1e-4f);
        }
    }

    [Fact]
    public void Counts_the_same_in_every_figure()
    {
        var result = _run.Result();
        var predictions = Predictions();
        var right = predictions.Count(p => p.Predicted == p.Label);
        Assert.Equal((double)right / 36, result.TestAccuracy);
        Assert.Equal(right, Enumerable.Range(0, 3).Sum(c => result.Confusion[c][c]));
        Assert.Equal(WilsonInterval.Of(right, 36), (result.IntervalLow, result.IntervalHigh));
        Assert.All(result.PerClass, score => Assert.Equal(12, score.Support));
        Assert.All(predictions, p => Assert.Equal(1, p.Probabilities.Sum(), 1e-5f));
        Assert.InRange(result.OnnxMaxDifference, 0, 1e-3);
        // The predictions have the temperature, and the error is that of what they say.
        var differences = predictions
            .GroupBy(p => Math.Min((int)(p.Probabilities.Max() * 15), 14))
            .Sum(bin => Math.Abs(bin.Sum(p => (p.Predicted == p.Label ? 1 : 0) - (double)p.Probabilities.Max())));
        Assert.Equal(differences / 36, result.Calibrated!.Plain, 6);
    }

    [Fact]
    public void Wrote_a_point_of_each_curve_at_each_step_and_epoch()
    {
        var points = _run.Events().OfType<MetricEvent>().ToLookup(m => m.Name, m => m.Step);
        foreach (var name in new[] { MetricNames.TrainLoss, MetricNames.TrainAccuracy, MetricNames.LearningRate })
            Assert.Equal(Enumerable.Range(1, 18).Select(s => (long)s), points[name]);
        foreach (var name in new[] { MetricNames.ValLoss, MetricNames.ValAccuracy, MetricNames.ImagesPerSecond, MetricNames.MemoryBytes })
            Assert.Equal([6, 12, 18], points[name]);
    }

    [Fact]
    public void Went_through_its_phases_and_its_progress_never_fell()
    {
        var phases = _run.Events().OfType<PhaseEvent>().ToArray();
        Assert.Equal(["preparing", "training", "evaluating", "exporting"], phases.Select(p => p.Phase).Distinct());
        Assert.Equal(phases.Select(p => p.Progress).Order(), phases.Select(p => p.Progress));
        Assert.Equal(1, phases[^1].Progress);
    }

    private TestPrediction[] Predictions() =>
        [
            .. File.ReadLines(_run.ResultPath(ResultFiles.Predictions))
                .Select(l => JsonSerializer.Deserialize<TestPrediction>(l, RunDirectory.Json)!),
        ];
}
