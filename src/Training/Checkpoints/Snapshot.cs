using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GpuGeek.Training.Checkpoints;

/// <summary>A training between two of its steps, copied out: another thread may write it while the training goes on.</summary>
/// <param name="Parts">Tensors of each part, by the part's name.</param>
internal sealed record Snapshot(TrainingProgress Progress, IReadOnlyList<KeyValuePair<string, NamedTensor[]>> Parts);

/// <summary>The memory of snapshots. Each overwrites the one before, so a training takes it once and not for every checkpoint.</summary>
internal sealed class SnapshotMemory
{
    private readonly Dictionary<(string Part, string Name), float[]> _values = [];

    public Snapshot Take(IEnumerable<ITrainingState> parts, TrainingProgress progress) =>
        new(progress, [.. parts.Select(part => KeyValuePair.Create(part.Name, part.Save(new(this, part.Name)).ToArray()))]);

    /// <summary>The memory of one part.</summary>
    internal readonly struct Part(SnapshotMemory memory, string part)
    {
        /// <summary>Copies a tensor in the row-major order of its shape.</summary>
        public NamedTensor Copy(string name, Tensor tensor)
        {
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var numbers = tensor.to(ScalarType.Float32).contiguous().cpu();
            var values = memory.ValuesOf((part, name), numbers.numel());
            MemoryMarshal.Cast<byte, float>(numbers.bytes).CopyTo(values);
            return new NamedTensor(name, numbers.shape, values);
        }
    }

    private float[] ValuesOf((string, string) name, long count)
    {
        if (!_values.TryGetValue(name, out var values))
            values = _values[name] = new float[count];
        return values;
    }
}
