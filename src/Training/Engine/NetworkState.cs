using GpuGeek.Training.Checkpoints;
using GpuGeek.Training.Graphs;

namespace GpuGeek.Training.Engine;

/// <summary>The network that is being trained.</summary>
internal sealed class NetworkState(GraphModule module) : ITrainingState
{
    public string Name => "network";
    public long Bytes => module.Graph.Parameters.Sum(p => p.Count) * sizeof(float);

    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) =>
        [.. module.Graph.Parameters.Select(p => memory.Copy(p.Name, module[p.Name]))];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors)
    {
        if (!module.Graph.Parameters.All(p => tensors.TryGetValue(p.Name, out var t) && t.Values.LongLength == p.Count))
            throw new InvalidDataException("A checkpoint's network is not the one that is trained.");
        new ModuleState { Tensors = [.. tensors.Values] }.CopyTo(module);
    }
}

/// <summary>The network at its best epoch so far.</summary>
internal sealed class BestState(GraphModule module) : ITrainingState
{
    public string Name => "best";
    public long Bytes => module.Graph.Parameters.Sum(p => p.Count) * sizeof(float);

    /// <summary>Null before the first validation.</summary>
    public ModuleState? Network { get; private set; }

    // New arrays each time: a snapshot may still be written from the old ones.
    public void Keep() => Network = ModuleState.Of(module);

    public IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory) => Network?.Tensors ?? [];

    public void Load(IReadOnlyDictionary<string, NamedTensor> tensors) =>
        Network = tensors.Count == 0 ? null : new ModuleState { Tensors = [.. tensors.Values] };
}
