using GpuGeek.Worker.Imports.Archives;

namespace GpuGeek.Worker.Imports.Labels;

internal static class LabelFailures
{
    public static ArchiveException Damaged(string path, string place, string what) =>
        new(
            "labels_damaged",
            "The labels cannot be read",
            $"'{ArchiveException.Shown(path)}', {place}: {what}.",
            "Correct this place and upload the archive again."
        );

    public static ArchiveException MatchNothing(LabelTable table, string? picture) =>
        new(
            "labels_match_nothing",
            "The labels name no file of the archive",
            $"'{ArchiveException.Shown(table.Path)}' begins with '{ArchiveException.Shown(table.Rows[0].File)}'; "
                + (picture is null ? "the archive has no pictures." : $"a file of the archive is '{ArchiveException.Shown(picture)}'."),
            "Write the paths or the names of the pictures as they are in the archive."
        );
}
