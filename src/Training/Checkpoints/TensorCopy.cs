using static TorchSharp.torch;

namespace GpuGeek.Training.Checkpoints;

/// <summary>Numbers of a training part, as a checkpoint keeps them.</summary>
internal static class TensorCopy
{
    /// <param name="part">As in "A checkpoint's optimiser".</param>
    /// <exception cref="InvalidDataException">There is no tensor of this name and size.</exception>
    public static void Restore(Tensor target, IReadOnlyDictionary<string, NamedTensor> tensors, string name, string part)
    {
        if (!tensors.TryGetValue(name, out var kept) || kept.Values.LongLength != target.numel())
            throw new InvalidDataException($"A checkpoint's {part} is not one of the network that is trained.");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        target.copy_(tensor(kept.Values, target.shape, device: CPU));
    }
}
