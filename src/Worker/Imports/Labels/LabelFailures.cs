using GpuGeek.Domain.Datasets;
using GpuGeek.Worker.Imports.Archives;
using GpuGeek.Worker.Imports.Reading;

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

    public static ArchiveException TooLarge(string path) =>
        new(
            "too_large",
            "The table is too large",
            $"'{ArchiveException.Shown(path)}' has more than {ImportFiles.MaxTableBytes >> 20} MiB.",
            "Split it, or put it into a ZIP archive."
        );

    public static ArchiveException NoTable(string path, SkipReason? reason) =>
        new(
            "labels_damaged",
            "The labels cannot be read",
            $"'{ArchiveException.Shown(path)}' has no labels: {reason?.Reason ?? "it is empty."}",
            reason?.Hint ?? "Write a table with the columns filename and label."
        );

    public static ArchiveException MatchNothing(LabelTable table, string? picture, LabelTarget target) =>
        new(
            "labels_match_nothing",
            $"The labels name no picture of the {target.Whole}",
            $"'{ArchiveException.Shown(table.Path)}' begins with '{ArchiveException.Shown(table.Rows[0].File)}'; "
                + (
                    picture is null
                        ? $"the {target.Whole} has no pictures."
                        : $"a file of the {target.Whole} is '{ArchiveException.Shown(picture)}'."
                ),
            $"Write the names of the pictures as they are in the {target.Whole}."
        );
}
