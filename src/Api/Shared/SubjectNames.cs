using GpuGeek.Contracts.Comments;
using GpuGeek.Contracts.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Shared;

/// <summary>Names of the runs and versions that are shared, commented on or changed, read for many at once. Deleted ones are
/// missing.</summary>
internal sealed record SubjectNames(
    IReadOnlyDictionary<Guid, string> Runs,
    IReadOnlyDictionary<Guid, (string Name, DatasetVersionRef Ref)> DatasetVersions,
    IReadOnlyDictionary<Guid, ModelVersionRef> ModelVersions
)
{
    public static async Task<SubjectNames> ReadAsync(
        GpuGeekDbContext db,
        IEnumerable<Guid?> runs,
        IEnumerable<Guid?> datasetVersions,
        IEnumerable<Guid?> modelVersions,
        CancellationToken cancellationToken
    )
    {
        var (runIds, versionIds, modelIds) = (Known(runs), Known(datasetVersions), Known(modelVersions));
        return new(
            runIds.Length == 0
                ? new()
                : await db
                    .Runs.Where(r => runIds.Contains(r.Id))
                    .Select(r => new { r.Id, r.Name })
                    .ToDictionaryAsync(r => r.Id, r => r.Name, cancellationToken),
            versionIds.Length == 0
                ? new()
                : await (
                    from v in db.DatasetVersions
                    join d in db.Datasets on v.DatasetId equals d.Id
                    where versionIds.Contains(v.Id)
                    select new
                    {
                        v.Id,
                        v.Number,
                        v.DatasetId,
                        d.Name,
                    }
                ).ToDictionaryAsync(
                    v => v.Id,
                    v => (Numbered(v.Name, v.Number), new DatasetVersionRef(v.DatasetId, v.Id, v.Number)),
                    cancellationToken
                ),
            modelIds.Length == 0
                ? new()
                : await (
                    from v in db.ModelVersions
                    join m in db.Models on v.ModelId equals m.Id
                    where modelIds.Contains(v.Id)
                    select new
                    {
                        v.Id,
                        m.Name,
                        v.Number,
                    }
                ).ToDictionaryAsync(v => v.Id, v => new ModelVersionRef(v.Name, v.Number), cancellationToken)
        );
    }

    /// <summary>Name of the subject that is not null; empty if it was deleted.</summary>
    public string Of(Guid? run, Guid? datasetVersion, Guid? modelVersion) =>
        run is { } r ? Runs.GetValueOrDefault(r, "")
        : datasetVersion is { } d ? DatasetVersions.GetValueOrDefault(d).Name ?? ""
        : modelVersion is { } m && ModelVersions.GetValueOrDefault(m) is { } model ? Numbered(model.Model, model.Version)
        : "";

    public static string Numbered(string name, int number) => $"{name} v{number}";

    private static Guid[] Known(IEnumerable<Guid?> ids) => [.. ids.OfType<Guid>().Distinct()];
}
