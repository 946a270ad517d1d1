using System.Globalization;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Finds the pictures that a filter means.</summary>
internal sealed class ImageFilterQuery(GpuGeekDbContext db, IObjectStore store)
{
    /// <summary>With more, the first of them are found as soon by looking at one after another.</summary>
    public const int FewNamed = 10_000;

    /// <summary>The pictures of a dataset that the filter means.</summary>
    public async Task<IQueryable<DatasetImage>> ImagesOfAsync(Guid dataset, ImageFilter filter, CancellationToken cancellationToken)
    {
        var images = db.DatasetImages.Where(i => i.DatasetId == dataset && i.IsArchived == filter.Archived);
        if (filter.Labelled is { } isLabelled)
            images = isLabelled ? images.Where(i => i.ClassId != null) : images.Where(i => i.ClassId == null);
        if (filter.Class is { Length: > 0 } name)
            images = images.Where(i => db.DatasetClasses.Any(c => c.Id == i.ClassId && c.Name == name));
        if (filter.Split is { } split)
            images = split == "none" ? images.Where(i => i.Split == null) : images.Where(i => i.Split == split);
        if (filter.AddedFrom is { } from)
            images = images.Where(i => i.CreatedAt >= from.ToUniversalTime());
        if (filter.AddedTo is { } to)
            images = images.Where(i => i.CreatedAt < to.ToUniversalTime());
        if (filter.AddedBy is { } person)
            images = images.Where(i => db.Imports.Any(import => import.Id == i.ImportId && import.UploaderId == person));
        if (filter.WrongBy is { } model)
        {
            var hashes = await WrongAsync(model, cancellationToken);
            images = images.Where(i => hashes.Contains(i.Hash));
        }
        if (filter.Name is { } part)
        {
            var pattern = "%" + part.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_") + "%";
            var named = await db
                .Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM images_named({dataset}, {pattern}, {FewNamed + 1}) id")
                .ToListAsync(cancellationToken);
            images =
                named.Count > FewNamed
                    ? images.Where(i => EF.Functions.ILike(i.FileName, pattern, "\\"))
                    : images.Where(i => named.Contains(i.Id));
        }
        return images;
    }

    /// <summary>Parts of the counts of the pictures that the filter means, unless it is detailed.</summary>
    public IQueryable<DatasetCount> CountsOf(Guid dataset, ImageFilter filter)
    {
        var counts = db.DatasetCounts.Where(c => c.DatasetId == dataset && c.IsArchived == filter.Archived);
        if (filter.Labelled is { } isLabelled)
            counts = isLabelled ? counts.Where(c => c.ClassId != null) : counts.Where(c => c.ClassId == null);
        if (filter.Class is { Length: > 0 } name)
            counts = counts.Where(n => db.DatasetClasses.Any(c => c.Id == n.ClassId && c.Name == name));
        return filter.Split switch
        {
            null => counts,
            "none" => counts.Where(c => c.Split == null),
            var split => counts.Where(c => c.Split == split),
        };
    }

    /// <summary>The test pictures that a model version predicted another class for than they had.</summary>
    /// <exception cref="DomainException"><c>unknown_model_version</c></exception>
    private async Task<string[]> WrongAsync(string model, CancellationToken cancellationToken)
    {
        var slash = model.LastIndexOf('/');
        var (name, number) = (model[..Math.Max(0, slash)], model[(slash + 1)..]);
        var hash = int.TryParse(number, CultureInfo.InvariantCulture, out var version)
            ? await (
                from v in db.ModelVersions
                join m in db.Models on v.ModelId equals m.Id
                where m.Name == name && v.Number == version
                select v.PredictionsHash
            ).FirstOrDefaultAsync(cancellationToken)
            : null;
        if (hash is null)
            throw new DomainException(
                "unknown_model_version",
                $"There is no model version '{model}'.",
                "Send ?wrongBy=flowers/2, for example."
            );
        var predictions = await StoredPredictions.ReadAsync(store, db.Org!.Value, hash, cancellationToken);
        return [.. predictions.Where(p => p.Predicted != p.Label).Select(p => p.Hash)];
    }
}
