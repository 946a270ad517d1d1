namespace GpuGeek.Worker.Imports;

/// <summary>Files reported within a short time.</summary>
internal sealed class ImportBatch
{
    public List<PictureEvent> Pictures { get; } = [];
    public List<LabelledEvent> Labelled { get; } = [];
    public List<SkippedEvent> Skipped { get; } = [];
    public double Progress { get; private set; }

    public bool IsEmpty => Pictures.Count == 0 && Skipped.Count == 0;

    public void Add(ImportEvent one)
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
internal sealed record BatchOutcome(int Accepted, long AcceptedBytes, int Duplicates, IReadOnlyList<Guid> CreatedClasses);
