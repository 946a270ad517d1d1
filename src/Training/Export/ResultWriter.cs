using System.Security.Cryptography;
using System.Text.Json;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Engine;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Export;

/// <summary>Writes everything under <c>result/</c>: scores, predictions, the proved ONNX file, model.json and the weights.</summary>
internal sealed class ResultWriter(RunContext context, ICoreModelProof proof)
{
    public RunResult Write(Trained trained)
    {
        Directory.CreateDirectory(context.Directory.Result);
        var temperature = TemperatureScaling.Fit(trained.OutOfFold ?? trained.Validation);
        var onnx = WriteOnnx();
        var difference = new ExportProof(context, proof).Check(PathOf(ResultFiles.Onnx), trained.Test, temperature);
        var result = Score(trained, temperature, Convert.ToHexStringLower(SHA256.HashData(onnx)), difference);
        WriteManifest(result);
        WritePredictions(trained.Test, temperature);
        ModuleState.Of(context.Network).Write(PathOf(ResultFiles.Weights));
        DurableFiles.Write(PathOf(ResultFiles.Result), JsonSerializer.SerializeToUtf8Bytes(result, RunDirectory.Json));
        DurableFiles.FlushDirectory(context.Directory.Result);
        return result;
    }

    private RunResult Score(Trained trained, double temperature, string onnxHash, double difference)
    {
        var confusion = Scores.Confusion(trained.Test, context.Spec.Classes.Length);
        var (low, high) = WilsonInterval.Of(trained.Test.Correct, trained.Test.Rows.Length);
        return new RunResult
        {
            TestAccuracy = trained.Test.Accuracy,
            IntervalLow = low,
            IntervalHigh = high,
            TestCount = trained.Test.Rows.Length,
            ValAccuracy = trained.Validation.Accuracy,
            BestEpoch = trained.Outcome.BestEpoch,
            SoupEpochs = [.. trained.Outcome.SoupEpochs],
            Environments = [.. trained.Outcome.Environments.Select(stamp => stamp.ToString())],
            Temperature = temperature,
            Uncalibrated = ExpectedCalibration.Of(trained.Test, 1),
            Calibrated = ExpectedCalibration.Of(trained.Test, temperature),
            Thresholds = Thresholds(trained.OutOfFold ?? trained.Validation, temperature),
            Confusion = confusion,
            PerClass = Scores.PerClass(confusion, context.Spec.Classes),
            OnnxHash = onnxHash,
            OnnxMaxDifference = difference,
            TrainSeconds = Math.Round(trained.Outcome.SecondsSpent, 3),
        };
    }

    private static ThresholdFigures[]? Thresholds(SplitLogits logits, double temperature) =>
        logits.Rows.Length == 0
            ? null
            : ThresholdFigures.Of([
                .. logits.Rows.Zip(
                    logits.Labels,
                    (row, label) => new TestPrediction("", (int)label, SplitLogits.Argmax(row), SplitLogits.Softmax(row, temperature))
                ),
            ]);

    private byte[] WriteOnnx()
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["classes"] = JsonSerializer.Serialize(context.Spec.Classes, RunDirectory.Json),
            ["preprocessing"] = JsonSerializer.Serialize(context.Preprocessing, RunDirectory.Json),
        };
        var bytes = OnnxWriter.Write(FoldedGraph.From(context.Network), metadata);
        DurableFiles.Write(PathOf(ResultFiles.Onnx), bytes);
        return bytes;
    }

    private void WriteManifest(RunResult result)
    {
        var manifest = new ModelManifest
        {
            Model = context.Spec.Model,
            Version = context.Spec.ModelVersion,
            Architecture = context.Recipe.Model.Architecture,
            Classes = context.Spec.Classes,
            Preprocessing = context.Preprocessing,
            Temperature = result.Temperature,
            OnnxHash = "sha256:" + result.OnnxHash,
            Opset = OnnxWriter.Opset,
        };
        DurableFiles.Write(PathOf(ResultFiles.Manifest), JsonSerializer.SerializeToUtf8Bytes(manifest, RunDirectory.Json));
    }

    private void WritePredictions(SplitLogits test, double temperature)
    {
        var lines = context
            .Originals.Split(Splits.Test)
            .Zip(
                test.Rows,
                (image, row) =>
                    JsonSerializer.Serialize(
                        new TestPrediction(image.Hash, image.Label, SplitLogits.Argmax(row), SplitLogits.Softmax(row, temperature)),
                        RunDirectory.Json
                    ) + "\n"
            );
        DurableFiles.Write(PathOf(ResultFiles.Predictions), System.Text.Encoding.UTF8.GetBytes(string.Concat(lines)));
    }

    private string PathOf(string name) => Path.Combine(context.Directory.Result, name);
}
