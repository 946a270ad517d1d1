using System.Text;

namespace GpuGeek.Worker.Imports.Labels;

/// <summary>What columns and properties of labels are called.</summary>
internal static class LabelColumns
{
    private static readonly string[] FileNames =
    [
        "file",
        "filename",
        "filepath",
        "path",
        "image",
        "imagename",
        "imagepath",
        "imagefile",
        "imageid",
        "img",
        "picture",
    ];
    private static readonly string[] LabelNames = ["label", "labels", "class", "classname", "labelname", "category", "target", "tag"];
    private static readonly string[] SplitNames = ["split", "subset", "set", "partition", "usage"];
    private static readonly string[] GroupNames = ["group", "groupid", "groupname", "patient", "patientid", "subject", "subjectid"];

    public static bool IsFile(string name) => FileNames.Contains(Plain(name));

    public static bool IsLabel(string name) => LabelNames.Contains(Plain(name));

    public static bool IsSplit(string name) => SplitNames.Contains(Plain(name));

    public static bool IsGroup(string name) => GroupNames.Contains(Plain(name));

    /// <summary>Without case and without what separates words.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name.Where(char.IsLetterOrDigit))
            plain.Append(char.ToLowerInvariant(c));
        return plain.ToString();
    }
}
