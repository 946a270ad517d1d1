using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Worker.Lanes;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>Makes a dataset what one of its versions is: pictures that were removed since come back, the others get the version's labels,
/// splits and groups, and what is not in the version is archived.</summary>
internal sealed class VersionRestore
{
    private readonly Dictionary<string, ManifestEntry> _missing;

    /// <summary>Of the pictures that the dataset has.</summary>
    public IReadOnlyList<ImageChange> Changes { get; }

    /// <summary>With the pictures that it has not, for the child to read.</summary>
    public string Folder { get; }

    private VersionRestore(string folder, Dictionary<string, ManifestEntry> missing, IReadOnlyList<ImageChange> changes) =>
        (Folder, _missing, Changes) = (folder, missing, changes);

    /// <exception cref="ObjectNotFoundException">The manifest, or a picture, is missing in the store.</exception>
    /// <exception cref="DamagedObjectException">Its bytes are not those of its hash.</exception>
    public static async Task<VersionRestore> PrepareAsync(
        HeldJob job,
        Import import,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var entries = await EntriesAsync(import, db, store, cancellationToken);
        var changes = new List<ImageChange>();
        var images = db
            .DatasetImages.IgnoreTenantFilter()
            .AsNoTracking()
            .Where(i => i.OrgId == import.OrgId && i.DatasetId == import.DatasetId)
            .Select(i => new
            {
                i.Id,
                i.Hash,
                i.IsArchived,
            });
        await foreach (var image in images.AsAsyncEnumerable().WithCancellation(cancellationToken))
            if (entries.Remove(image.Hash, out var entry))
                changes.Add(new(image.Id, entry.Label, entry.Split, GroupOf(entry), IsArchived: false, IsWhole: true));
            else if (!image.IsArchived)
                changes.Add(ImageChange.Archive(image.Id));
        var folder = Path.Combine(job.Directory.Root, "version");
        // The child expects a folder of a class; which class it is stands in the manifest.
        Directory.CreateDirectory(Path.Combine(folder, "picture"));
        foreach (var hash in entries.Keys)
            await store.DownloadAsync(ObjectKeys.Content(import.OrgId, hash), Path.Combine(folder, "picture", hash), cancellationToken);
        return new(folder, entries, changes);
    }

    /// <summary>The picture as the version has it. Its file name went with its row: it is called by its hash.</summary>
    public PictureEvent Labelled(PictureEvent picture)
    {
        var entry = _missing[picture.Hash];
        return picture with
        {
            Path = $"{picture.Hash[..12]}.{(picture.Format == "jpeg" ? "jpg" : picture.Format)}",
            Class = entry.Label,
            Split = entry.Split,
            Group = GroupOf(entry),
        };
    }

    private static string? GroupOf(ManifestEntry entry) => entry.Group.Length > 0 ? entry.Group : null;

    private static async Task<Dictionary<string, ManifestEntry>> EntriesAsync(
        Import import,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var hash = await db
            .DatasetVersions.IgnoreTenantFilter()
            .Where(v => v.OrgId == import.OrgId && v.Id == import.VersionId)
            .Select(v => v.ManifestHash)
            .SingleAsync(cancellationToken);
        var entries = new Dictionary<string, ManifestEntry>(StringComparer.Ordinal);
        await foreach (var entry in StoredManifest.StreamAsync(store, import.OrgId, hash, cancellationToken))
            entries.Add(entry.Hash, entry);
        return entries;
    }
}
