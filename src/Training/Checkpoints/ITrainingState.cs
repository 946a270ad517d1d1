namespace GpuGeek.Training.Checkpoints;

/// <summary>A part of a training that a checkpoint keeps, in a file of its own.</summary>
internal interface ITrainingState
{
    /// <summary>Of the file, without its ending; the same in every checkpoint of the training.</summary>
    string Name { get; }

    /// <summary>At most so many bytes are saved.</summary>
    long Bytes { get; }

    /// <summary>Copies in the memory of the CPU, which later steps do not change; none where the part has nothing to keep yet.</summary>
    /// <param name="memory">For copies of tensors; it is used again by the next snapshot.</param>
    IEnumerable<NamedTensor> Save(SnapshotMemory.Part memory);

    /// <param name="tensors">What <see cref="Save"/> returned, by name.</param>
    /// <exception cref="InvalidDataException">They are not the tensors of this part.</exception>
    void Load(IReadOnlyDictionary<string, NamedTensor> tensors);
}
