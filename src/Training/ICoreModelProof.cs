namespace GpuGeek.Training;

/// <summary>What serves core.onnx, seen from training: the port through which an export is compared with the network it was made
/// from.</summary>
public interface ICoreModelProof
{
    /// <param name="onnxPath">The exported file.</param>
    /// <param name="inputs">count × 3 × side × side normalised floats, row-major.</param>
    /// <returns>A row of logits for each picture.</returns>
    float[][] Logits(string onnxPath, float[] inputs, int count);
}
