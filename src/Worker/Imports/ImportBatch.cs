namespace GpuGeek.Worker.Imports;

/// <summary>Files reported within a short time.</summary>
internal sealed class ImportBatch
{
    public List<PictureEvent> Pictures { get; } = [];
    public List<LabelledEvent> Labelled { get; } = [];
    public List<SkippedEvent> Skipped { get; } = [];
    public double Progress { get; private set; }

    public bool IsEmpty => Pictures.Count == 0 && Skipped.Count == 0;

    public static ImportBatch Of(IEnumerable<ImportEvent> events)
    {
        var batch = new ImportBatch();
        foreach (var one in events)
            batch.Add(one);
        return batch;
    }

    private void Add(ImportEvent one)
    {
        switch (one)
        {
            case PictureEvent picture:
                Pictures.Add(picture);
                Progress = picture.Progress;
                break;
            case LabelledEvent labelled:
                Labelled.Add(labelled);
                Progress = labelled.Progress;
                break;
            case SkippedEvent skipped:
                Skipped.Add(skipped);
                Progress = skipped.Progress;
                break;
        }
    }
}

/// <summary>The outcome of a batch.</summary>
/// <param name="Changes">Of pictures that were there before.</param>
internal sealed record BatchOutcome(
    int Accepted,
    long AcceptedBytes,
    int Skipped,
    IReadOnlyList<Guid> CreatedClasses,
    IReadOnlyList<ImageChange> Changes
);
