using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>Thresholds are chosen on validation pictures, and shown on test pictures.</summary>
internal static class ThresholdEndpoint
{
    public static void Map(RouteGroupBuilder models) =>
        models
            .MapGet("/{model}/versions/{version:int}/thresholds", ThresholdsAsync)
            .Needs(Role.Viewer, Scopes.ModelsRead)
            .WithName("GetThresholds");

    /// <summary>Get what thresholds do on the run's validation pictures and on its test pictures</summary>
    /// <remarks>Choose by <c>validation</c>; <c>test</c> then says what the choice is worth. Who chooses by the test pictures has none
    /// left.</remarks>
    private static async Task<Results<Ok<ThresholdsResponse>, ProblemHttpResult>> ThresholdsAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        var refits =
            await db.Runs.Where(r => r.Id == row.RunId).Select(r => r.Recipe).SingleAsync(cancellationToken) is
            { Transfer.RefitsHead: true };
        var test = await FiguresAsync(store, row.OrgId, row.PredictionsHash, cancellationToken);
        if (row.Result.Thresholds is { } known)
            return TypedResults.Ok(new ThresholdsResponse(refits ? "folds" : "validation", [.. known.Select(Response)], test));
        var evaluated = await EvaluatedAsync(db, row, cancellationToken);
        if (evaluated is null)
            return TypedResults.Ok(new ThresholdsResponse("none", [], test));
        var validation = await FiguresAsync(store, row.OrgId, evaluated, cancellationToken);
        return TypedResults.Ok(new ThresholdsResponse(refits ? "learned" : "validation", validation, test));
    }

    /// <summary>Hash of the predictions of the run's validation pictures; null: they were not evaluated.</summary>
    private static Task<string?> EvaluatedAsync(GpuGeekDbContext db, ModelVersion row, CancellationToken cancellationToken) =>
        db
            .Evaluations.Where(e =>
                e.ModelVersionId == row.Id
                && e.DatasetVersionId == row.DatasetVersionId
                && e.Split == Splits.Val
                && e.ClassKey == ""
                && e.PredictionsHash != null
            )
            .Select(e => e.PredictionsHash)
            .FirstOrDefaultAsync(cancellationToken);

    private static async Task<List<ThresholdResponse>> FiguresAsync(
        IObjectStore store,
        Guid org,
        string hash,
        CancellationToken cancellationToken
    )
    {
        var predictions = await StoredPredictions.ReadAsync(store, org, hash, cancellationToken);
        return predictions.Count == 0 ? [] : [.. ThresholdFigures.Of(predictions).Select(Response)];
    }

    private static ThresholdResponse Response(ThresholdFigures figures) =>
        new(figures.Threshold, figures.Coverage, figures.Precision, figures.Recall);
}
