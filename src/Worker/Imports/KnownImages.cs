using GpuGeek.Domain.Datasets;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Worker.Imports;

/// <summary>A picture that the dataset has.</summary>
/// <param name="Import">The one that brought it.</param>
/// <param name="Class">Null: it has no label.</param>
internal sealed record KnownImage(
    Guid Id,
    Guid Import,
    string Hash,
    string FileName,
    string? Class,
    string? Split,
    string? Group,
    bool IsArchived
)
{
    /// <summary>Whether the labels would change it. What they do not say stays.</summary>
    public bool DiffersFrom(string? label, string? split, string? group) =>
        (label is not null && label != Class)
        || (split is not null && split != Split)
        || (group is not null && group != Group)
        || IsArchived;
}

/// <summary>Looks for pictures of a dataset.</summary>
internal static class KnownImages
{
    public static async Task<Dictionary<string, KnownImage>> ByHashAsync(
        GpuGeekDbContext db,
        Guid org,
        Guid dataset,
        string[] hashes,
        CancellationToken cancellationToken
    ) =>
        await Known(db, Of(db, org, dataset).Where(i => hashes.Contains(i.Hash)))
            .ToDictionaryAsync(i => i.Hash, StringComparer.Ordinal, cancellationToken);

    public static async Task<Dictionary<Guid, KnownImage>> ByIdAsync(
        GpuGeekDbContext db,
        Guid org,
        Guid dataset,
        Guid[] ids,
        CancellationToken cancellationToken
    ) => await Known(db, Of(db, org, dataset).Where(i => ids.Contains(i.Id))).ToDictionaryAsync(i => i.Id, cancellationToken);

    /// <summary>The pictures of these that another import has brought, under the same name in the same class.</summary>
    /// <returns>Classes and names; archived pictures do not count.</returns>
    public static async Task<HashSet<(string? Class, string Name)>> NamesAsync(
        GpuGeekDbContext db,
        Guid org,
        Guid dataset,
        Guid import,
        IEnumerable<PictureEvent> pictures,
        CancellationToken cancellationToken
    )
    {
        string[] names = [.. pictures.Select(p => p.FileName).Distinct(StringComparer.Ordinal)];
        var same = Of(db, org, dataset).Where(i => i.ImportId != import && !i.IsArchived && names.Contains(i.FileName));
        return (await Known(db, same).Select(i => new { i.Class, i.FileName }).ToListAsync(cancellationToken))
            .Select(i => (i.Class, i.FileName))
            .ToHashSet();
    }

    private static IQueryable<DatasetImage> Of(GpuGeekDbContext db, Guid org, Guid dataset) =>
        db.DatasetImages.IgnoreTenantFilter().AsNoTracking().Where(i => i.OrgId == org && i.DatasetId == dataset);

    private static IQueryable<KnownImage> Known(GpuGeekDbContext db, IQueryable<DatasetImage> images) =>
        images.Select(i => new KnownImage(
            i.Id,
            i.ImportId,
            i.Hash,
            i.FileName,
            db.DatasetClasses.IgnoreTenantFilter().Where(c => c.OrgId == i.OrgId && c.Id == i.ClassId).Select(c => c.Name).FirstOrDefault(),
            i.Split,
            i.GroupName,
            i.IsArchived
        ));
}
