using GpuGeek.Domain.Models;

namespace GpuGeek.Domain.Runs;

/// <summary>The results of a successful training. Written once as <c>result/result.json</c> and stored with the model version.</summary>
public sealed record RunResult
{
    public required double TestAccuracy { get; init; }

    /// <summary>95 % Wilson score interval of <see cref="TestAccuracy"/>.</summary>
    public required double IntervalLow { get; init; }
    public required double IntervalHigh { get; init; }
    public required int TestCount { get; init; }
    public required double ValAccuracy { get; init; }

    /// <summary>Epoch (from 1) of the selected checkpoint: the best by validation accuracy, the earliest of equals.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>Epochs whose weights were mixed, that of <see cref="BestEpoch"/> first; empty: none were.</summary>
    public int[] SoupEpochs { get; init; } = [];

    /// <summary>Instructions, libtorch and threads of every part of the training, as <c>X64 avx2 avx512, libtorch 2.7.1, 2 threads</c>.
    /// More than one: the run went on elsewhere, and its last bits cannot be had again on one machine. Empty for results of earlier
    /// versions.</summary>
    public string[] Environments { get; init; } = [];
    public required double Temperature { get; init; }

    /// <summary>Calibration error of the test pictures without the temperature; null for results of earlier versions.</summary>
    public CalibrationError? Uncalibrated { get; init; }

    /// <summary>The same with the temperature.</summary>
    public CalibrationError? Calibrated { get; init; }

    /// <summary>What thresholds do on pictures that the network has not learned from: the validation pictures, or, where it learned from
    /// these too, all training and validation pictures, each predicted by a classifier of a fold that has not seen it. Null for results of
    /// earlier versions.</summary>
    public ThresholdFigures[]? Thresholds { get; init; }

    /// <summary>Number of test pictures by [true class][predicted class].</summary>
    public required int[][] Confusion { get; init; }
    public required ClassScore[] PerClass { get; init; }

    /// <summary>SHA-256 in hex of <c>core.onnx</c>.</summary>
    public required string OnnxHash { get; init; }

    /// <summary>Largest absolute difference of a logit between core.onnx in ONNX Runtime and the trained network, over real
    /// pictures.</summary>
    public required double OnnxMaxDifference { get; init; }
    public required double TrainSeconds { get; init; }
}

/// <summary>Expected calibration error: by how much confidences differ from shares of right answers, averaged over pictures (Naeini et al.
/// 2015). All of it is between 0 and 1.</summary>
/// <param name="Value">Corrected for what few pictures add to it: a perfect model has not 0 on them.</param>
/// <param name="Low">95 % interval; 0 where a perfectly calibrated model would show as much.</param>
/// <param name="High">95 % interval.</param>
/// <param name="Plain">Not corrected, as other programs report it: 15 bins of equal width.</param>
public sealed record CalibrationError(double Value, double Low, double High, double Plain);

/// <param name="Support">Test pictures of this class.</param>
public sealed record ClassScore(string Name, double Precision, double Recall, double F1, int Support);

/// <summary>One line of <c>result/predictions.jsonl</c>: a test picture and the deployed model's prediction for it.</summary>
/// <param name="Probabilities">Calibrated with the temperature, in the order of the classes.</param>
public sealed record TestPrediction(string Hash, int Label, int Predicted, float[] Probabilities);

/// <summary>Names of the files under <c>result/</c>.</summary>
public static class ResultFiles
{
    public const string Onnx = "core.onnx";
    public const string Manifest = "model.json";
    public const string Result = "result.json";
    public const string Predictions = "predictions.jsonl";

    /// <summary>The trained network's parameters, raw; the engine's own format.</summary>
    public const string Weights = "weights.bin";
}
