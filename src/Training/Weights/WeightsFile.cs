using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Weights;

/// <summary>A tensor of a weights file as float32, row-major.</summary>
internal sealed record LoadedTensor(long[] Shape, float[] Values);

/// <summary>
/// The contents of a weights file. It may be malicious: nothing in it is executed, and it is read within limits. A file has at most 4 GB
/// and never more numbers than bytes, so the memory is at most five times its size (four bytes for each number, and the largest block of
/// raw numbers), and 256 MB for a malicious table.
/// </summary>
/// <param name="Format">One of <see cref="WeightsFormats"/>.</param>
/// <param name="Tensors">By key, with wrappers and prefixes removed.</param>
/// <param name="Types">Data types in the file, in alphabetical order.</param>
internal sealed record WeightsFile(string Format, IReadOnlyDictionary<string, LoadedTensor> Tensors, IReadOnlyList<string> Types)
{
    public const long MaxBytes = 4L << 30;

    /// <summary>Chooses the reader by the first bytes, not by the name of the file.</summary>
    /// <exception cref="WeightsException">The file is invalid.</exception>
    public static WeightsFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            throw WeightsException.Unreadable("it is truncated or damaged");
        }
    }

    /// <summary>The tensors with the names, positional embeddings and input channels of <paramref name="graph"/>.</summary>
    /// <exception cref="WeightsException">Two names become equal.</exception>
    public IReadOnlyDictionary<string, LoadedTensor> For(Graph graph) =>
        PublishedKeys.Adapt(graph, Format == WeightsFormats.Onnx ? FoldedWeights.Unfold(graph, Tensors) : Tensors);

    private static WeightsFile Read(FileStream file)
    {
        if (file.Length > MaxBytes)
            throw WeightsException.Unsupported("larger than 4 GB");
        var head = new byte[512];
        var length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return WeightsFormats.Of(head.AsSpan(0, length)) switch
        {
            WeightsFormats.PyTorch => StateDictFile.Read(file),
            WeightsFormats.PyTorchLegacy => LegacyStateDictFile.Read(file),
            WeightsFormats.Safetensors => SafetensorsFile.Read(file),
            _ => OnnxInitialisers.Read(file),
        };
    }
}
