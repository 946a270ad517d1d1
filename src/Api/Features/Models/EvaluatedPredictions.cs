using GpuGeek.Api.Shared;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>The kept predictions that a request is about: those of an evaluation, or of the run's own test pictures.</summary>
/// <param name="Hash">Of their file.</param>
/// <param name="Evaluation">Null: the run's own.</param>
internal sealed record EvaluatedPredictions(ModelVersion Version, string Hash, Guid DatasetVersion, Evaluation? Evaluation)
{
    /// <returns>Null: there is no such version, or no such evaluation that has succeeded.</returns>
    public static async Task<EvaluatedPredictions?> FindAsync(
        GpuGeekDbContext db,
        string model,
        int version,
        Guid? evaluation,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return null;
        if (evaluation is not { } id)
            return new(row, row.PredictionsHash, row.DatasetVersionId, null);
        var found = await Visible(db)
            .FirstOrDefaultAsync(e => e.Id == id && e.ModelVersionId == row.Id && e.PredictionsHash != null, cancellationToken);
        return found is null ? null : new(row, found.PredictionsHash!, found.DatasetVersionId, found);
    }

    /// <summary>Another version's predictions of the same pictures.</summary>
    public async Task<EvaluatedPredictions?> OfAsync(GpuGeekDbContext db, ModelVersion other, CancellationToken cancellationToken)
    {
        if (Evaluation is not { } mine)
            return new(other, other.PredictionsHash, other.DatasetVersionId, null);
        var found = await Visible(db)
            .FirstOrDefaultAsync(
                e =>
                    e.ModelVersionId == other.Id
                    && e.DatasetVersionId == mine.DatasetVersionId
                    && e.Split == mine.Split
                    && e.ClassKey == mine.ClassKey
                    && e.PredictionsHash != null,
                cancellationToken
            );
        return found is null ? null : new(other, found.PredictionsHash!, found.DatasetVersionId, found);
    }

    public Task<List<TestPrediction>> ReadAsync(IObjectStore store, CancellationToken cancellationToken) =>
        StoredPredictions.ReadAsync(store, Version.OrgId, Hash, cancellationToken);

    private static IQueryable<Evaluation> Visible(GpuGeekDbContext db) =>
        db
            .Evaluations.AsNoTracking()
            .Where(e => db.DatasetVersions.Any(v => v.Id == e.DatasetVersionId && db.Datasets.Any(d => d.Id == v.DatasetId)));
}
