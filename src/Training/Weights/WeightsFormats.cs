namespace GpuGeek.Training.Weights;

/// <summary>The supported formats and how they are recognised.</summary>
internal static class WeightsFormats
{
    public const string PyTorch = "pytorch",
        PyTorchLegacy = "pytorch_legacy",
        Safetensors = "safetensors",
        Onnx = "onnx";

    /// <exception cref="WeightsException"><c>weights_unsupported</c>, with the actual format if it is known.</exception>
    public static string Of(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("PK\u0003\u0004"u8))
            return PyTorch;
        if (head.Length > 8 && head[8] == '{')
            return Safetensors;
        if (head is [0x80, >= 2 and <= 5, ..])
            return PyTorchLegacy;
        // The field ir_version, followed by the name of the program that wrote the file.
        if (head is [0x08, < 0x80, 0x12, ..])
            return Onnx;
        throw WeightsException.Unsupported(Other(head));
    }

    private static string Other(ReadOnlySpan<byte> head) =>
        head switch
        {
            [] => "empty",
            [0x1f, 0x8b, ..] => "compressed with gzip",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "in HDF5 (Keras)",
            [_, _, _, _, (byte)'T', (byte)'F', (byte)'L', (byte)'3', ..] => "a TFLite model",
            _ when head.StartsWith("GGUF"u8) => "in GGUF",
            [0x93, (byte)'N', (byte)'U', (byte)'M', ..] => "a NumPy array",
            _ when head.Length >= 262 && head[257..262].SequenceEqual("ustar"u8) => "a tar archive (PyTorch before 0.2)",
            _ when head.StartsWith("<"u8) => "a web page, not weights",
            _ => "in an unknown format (supported: PyTorch, safetensors, and ONNX written by GpuGeek)",
        };
}
