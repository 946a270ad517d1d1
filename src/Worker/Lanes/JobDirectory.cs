namespace GpuGeek.Worker.Lanes;

/// <summary>The directory of a job, shaped like a run's. The child reads its specification and its input, and writes events, files and a
/// log; it has access to nothing else.</summary>
internal sealed record JobDirectory(string Root)
{
    public string Spec => Path.Combine(Root, "spec.json");
    public string Events => Path.Combine(Root, "events.jsonl");
    public string Log => Path.Combine(Root, "log.txt");

    /// <summary>The untrusted file.</summary>
    public string Input => Path.Combine(Root, "input");

    /// <summary>Files that the child writes; the supervisor moves them away.</summary>
    public string Out => Path.Combine(Root, "out");

    /// <summary>Starts empty: what a killed worker left behind is deleted.</summary>
    public void Create()
    {
        Delete();
        Directory.CreateDirectory(Root);
    }

    public void Delete()
    {
        if (Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
    }
}
