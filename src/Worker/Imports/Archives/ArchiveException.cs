using GpuGeek.Domain.Common;

namespace GpuGeek.Worker.Imports.Archives;

/// <summary>The whole archive is refused.</summary>
internal sealed class ArchiveException(string code, string title, string detail, string hint) : Exception(detail)
{
    private const string MakeAnew = "Create the archive again with an ordinary ZIP program and upload it again.";

    public Failure Failure { get; } = new(code, title, detail, hint);

    public static ArchiveException Damaged(string detail) => new("archive_damaged", "The archive is damaged", detail, MakeAnew);

    public static ArchiveException Unknown(string detail) =>
        new("archive_unknown", "This is not a ZIP archive", detail, "Pack the folder of pictures as a .zip file.");

    public static ArchiveException Unsafe(string name) =>
        new("archive_unsafe_path", "The archive has an unsafe path", $"The entry '{Shown(name)}' is outside the target folder.", MakeAnew);

    public static ArchiveException Encrypted(string name) =>
        new(
            "archive_encrypted",
            "The archive is encrypted",
            $"The entry '{Shown(name)}' needs a password.",
            "Create the archive without a password."
        );

    public static ArchiveException Method(string name, int method) =>
        new(
            "archive_unsupported_method",
            "The archive uses an unsupported compression",
            $"The entry '{Shown(name)}' is packed with method {method}; only stored and deflated entries are supported.",
            MakeAnew
        );

    public static ArchiveException Bomb(string detail) =>
        new("archive_bomb", "The archive unpacks to far more data than pictures do", detail, "Pack the pictures as they are.");

    public static ArchiveException TooLarge(string detail) =>
        new(
            "archive_too_large",
            "The archive is too large",
            detail,
            "Split it and import the parts one after another, into the same dataset if you like."
        );

    public static ArchiveException Twice(string name) =>
        new(
            "archive_duplicate_names",
            "Two files in the archive have the same name",
            $"The name '{Shown(name)}' occurs twice, or twice with different upper and lower case.",
            MakeAnew
        );

    public static ArchiveException Deep(string name) =>
        new("archive_too_deep", "The archive's folders are too deep", $"The entry '{Shown(name)}' is too many folders deep.", MakeAnew);

    public static ArchiveException Empty() =>
        new("archive_empty", "The archive is empty", "It contains no entries.", "Pack a folder with one folder of pictures per class.");

    /// <summary>Removes control and direction-changing characters, which must not take effect where the name is displayed.</summary>
    public static string Shown(string name, int most = 200)
    {
        var safe = string.Concat(
            name.Take(most)
                .Select(c =>
                    char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format
                        ? $"\\u{(int)c:x4}"
                        : c.ToString()
                )
        );
        return name.Length > most ? safe + "…" : safe;
    }
}
