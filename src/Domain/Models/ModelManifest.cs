using System.Text.Json.Serialization;

namespace GpuGeek.Domain.Models;

/// <summary>
/// <c>model.json</c>: everything needed to use <c>core.onnx</c> as the hosted model does. It accompanies the ONNX file, to Predictor and
/// to people. The ONNX has one input <c>input</c> (float32, N×3×H×W, dynamic batch) and one output <c>logits</c> (float32, N×classes);
/// probabilities are <c>softmax(logits / Temperature)</c>.
/// </summary>
public sealed record ModelManifest
{
    [JsonPropertyOrder(-1)]
    public int FormatVersion { get; init; } = 1;
    public required string Model { get; init; }
    public required int Version { get; init; }
    public required string Architecture { get; init; }

    /// <summary>Class names in the order of the logits.</summary>
    public required string[] Classes { get; init; }
    public required Preprocessing Preprocessing { get; init; }

    /// <summary>Fitted on the validation split (Guo et al. 2017, arXiv:1706.04599); 1 leaves the logits unchanged. Above 0.</summary>
    public required double Temperature { get; init; }

    /// <summary>SHA-256 of core.onnx, as <c>sha256:hex</c>.</summary>
    public required string OnnxHash { get; init; }
    public int Opset { get; init; } = 18;
}
