namespace GpuGeek.Worker.Imports.Labels;

/// <summary>What the rows of a table name, in the words that people read.</summary>
/// <param name="Whole">Where the pictures are.</param>
/// <param name="PathHint">How to name one of several pictures with the same name.</param>
/// <param name="HasFolders">The folders of a picture's path may be the name of a split; otherwise the first is its class.</param>
internal sealed record LabelTarget(string Whole, string PathHint, bool HasFolders)
{
    public static readonly LabelTarget Archive = new("archive", "Write the path in the archive, such as images/001.jpg.", HasFolders: true);

    public static readonly LabelTarget Dataset = new(
        "dataset",
        "Write the class that the picture has now before its name, such as daisy/001.jpg.",
        HasFolders: false
    );
}
