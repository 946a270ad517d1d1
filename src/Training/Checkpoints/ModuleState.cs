using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Checkpoints;

/// <summary>All parameters and buffers of a network, copied out: the best so far, a checkpoint, the result.</summary>
internal sealed class ModuleState
{
    public required NamedTensor[] Tensors { get; init; }

    // A counter of batches fits a float exactly up to 16.7 million, and nothing is computed from it.
    public static ModuleState Of(GraphModule module) =>
        new() { Tensors = [.. module.Graph.Parameters.Select(p => new NamedTensor(p.Name, p.Shape, module.Read(p.Name)))] };

    public static ModuleState Read(string path) => new() { Tensors = [.. TensorFile.Read(path).Values] };

    public void Write(string path) => TensorFile.Write(path, Tensors);

    public void CopyTo(GraphModule module)
    {
        foreach (var t in Tensors)
            module.Write(t.Name, t.Values);
    }

    /// <summary>SHA-256 in hex over names and numbers.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var t in Tensors)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(t.Name));
            hash.AppendData(MemoryMarshal.AsBytes<float>(t.Values));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
