namespace GpuGeek.Domain.Datasets;

/// <summary>Some pictures of a version, for people to recognise it by.</summary>
public static class VersionSamples
{
    /// <returns>Hashes of one picture of each class, then of a second one, until there are
    /// <see cref="DatasetVersion.MaxSamples"/>; the same pictures give the same.</returns>
    public static string[] Of(VersionPictures pictures)
    {
        var seen = new int[pictures.Labels.Count];
        var found = new List<(int Rank, string Label, int Index)>();
        foreach (var index in pictures.ByHash())
            if (seen[pictures[index].Label]++ is var rank and < DatasetVersion.MaxSamples)
                found.Add((rank, pictures.Labels[pictures[index].Label], index));
        return
        [
            .. found
                .OrderBy(f => f.Rank)
                .ThenBy(f => f.Label, StringComparer.Ordinal)
                .Take(DatasetVersion.MaxSamples)
                .Select(f => pictures[f.Index].Hash.ToString()),
        ];
    }
}
