using System.Text.RegularExpressions;

namespace GpuGeek.Architecture.Tests;

/// <summary>
/// docs/pictures has exactly the pictures that documents use: each changed picture stays in the history for ever.
/// </summary>
public sealed partial class PicturesInTheDocuments
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "pictures");

    private static IEnumerable<string> Documents() =>
        Directory
            .GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));

    private static IEnumerable<string> Wrong(IEnumerable<(string Document, string Text)> documents, IReadOnlyCollection<string> pictures)
    {
        var linked = documents.SelectMany(d => Link().Matches(d.Text).Select(m => (d.Document, Picture: m.Groups[1].Value))).ToList();
        return
        [
            .. linked.Where(l => !pictures.Contains(l.Picture)).Select(l => $"{l.Document} shows {l.Picture}, which does not exist"),
            .. pictures.Except(linked.Select(l => l.Picture)).Select(p => $"{p} is shown by no document"),
        ];
    }

    [Fact]
    public void Each_is_shown_and_each_that_is_shown_exists() =>
        Assert.Empty(
            Wrong(
                Documents().Select(file => (Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file))),
                [.. Directory.GetFiles(Folder).Select(file => Path.GetFileName(file))]
            )
        );

    [Fact]
    public void Planted_ones_are_seen() =>
        Assert.Equal(
            ["docs/a.md shows gone.png, which does not exist", "lonely.png is shown by no document"],
            Wrong([("docs/a.md", "![A run](pictures/run.png) and ![gone](../docs/pictures/gone.png)")], ["lonely.png", "run.png"])
        );

    [GeneratedRegex(@"\bpictures/([\w.-]+\.(?:png|jpg|svg|webp|gif))")]
    private static partial Regex Link();
}
