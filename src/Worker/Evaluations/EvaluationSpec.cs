using GpuGeek.Domain.Models;

namespace GpuGeek.Worker.Evaluations;

/// <summary>What the child is asked to predict: <c>spec.json</c> in the job's directory.</summary>
/// <param name="ModelFile">Path of the ONNX file.</param>
/// <param name="ImagesDirectory">Pictures, named by their hashes.</param>
/// <param name="Threads">Of the network; as many pictures are decoded at a time.</param>
internal sealed record EvaluationSpec(
    string ModelFile,
    ModelManifest Manifest,
    EvaluatedImage[] Images,
    string ImagesDirectory,
    int Threads
);

/// <param name="Label">Index of the model's class.</param>
internal sealed record EvaluatedImage(string Hash, int Label);
