namespace GpuGeek.Training.Export;

/// <summary>The port through which training runs core.onnx as serving does, to compare an export with the network it was made
/// from.</summary>
public interface ICoreModelProof
{
    /// <param name="onnxPath">The exported file.</param>
    /// <param name="inputs">count × 3 × side × side normalised floats, row-major.</param>
    /// <returns>A row of logits for each picture.</returns>
    float[][] Logits(string onnxPath, float[] inputs, int count);
}
