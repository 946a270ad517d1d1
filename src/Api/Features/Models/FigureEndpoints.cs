using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Features.Models;

/// <summary>What a model version's predictions of its test pictures say.</summary>
internal static class FigureEndpoints
{
    private const int MostPoints = 200;

    public static void Map(RouteGroupBuilder models)
    {
        models.MapGet("/{model}/versions/{version:int}/figures", FiguresAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("GetFigures");
        models
            .MapGet("/{model}/versions/{version:int}/curves", CurvesAsync)
            .Needs(Role.Viewer, Scopes.ModelsRead)
            .WithName("GetClassCurves");
    }

    /// <summary>Get the figures of a version on its test pictures</summary>
    /// <remarks>
    /// Computed from the kept predictions, which came through the serving path. <c>against</c> is the version to compare with, on the
    /// pictures that both were tested on; without it, the one before.
    /// </remarks>
    private static async Task<Results<Ok<EvaluationFiguresResponse>, ProblemHttpResult>> FiguresAsync(
        string model,
        int version,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken,
        int? against = null
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        var other = await ModelEndpoints.FindAsync(db, model, against ?? version - 1, cancellationToken);
        if (against is not null && other is null)
            return Problems.Impossible("unknown_model_version", $"The model has no version {against}.", "GET …/versions lists them.");
        var predictions = await StoredPredictions.ReadAsync(store, tenant.OrgId, row.PredictionsHash, cancellationToken);
        if (predictions.Count == 0)
            return Problems.NotFound();
        var previous = other is null ? null : await CompareAsync(row, predictions, other, store, cancellationToken);
        return TypedResults.Ok(Response(EvaluationFigures.Of(predictions, row.Result.Temperature), row, predictions.Count, previous));
    }

    /// <summary>Get the ROC curve and the precision-recall curve of a class</summary>
    private static async Task<Results<Ok<ClassCurvesResponse>, ProblemHttpResult>> CurvesAsync(
        string model,
        int version,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        HttpRequest http,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        var name = http.Query["class"].ToString();
        var label = Array.IndexOf(row.Manifest.Classes, name);
        if (label < 0)
            return Problems.Impossible("unknown_class", $"The model has no class '{name}'.", "Send one of its classes as ?class=.");
        var predictions = await StoredPredictions.ReadAsync(store, tenant.OrgId, row.PredictionsHash, cancellationToken);
        var curve = EvaluationFigures.RankingOf(predictions, label);
        var points = curve
            .Thinned(MostPoints)
            .Select(p => new ClassCurvePointResponse(p.Threshold, p.Recall, p.FalsePositiveRate, p.Precision));
        return TypedResults.Ok(new ClassCurvesResponse(name, curve.AreaUnderRoc(), curve.AveragePrecision(), [.. points]));
    }

    private static async Task<ModelComparisonResponse?> CompareAsync(
        ModelVersion row,
        List<TestPrediction> predictions,
        ModelVersion other,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var others = (await StoredPredictions.ReadAsync(store, row.OrgId, other.PredictionsHash, cancellationToken)).ToDictionary(
            p => p.Hash,
            StringComparer.Ordinal
        );
        var (common, onlyThis, onlyOther) = (0, 0, 0);
        foreach (var mine in predictions)
        {
            // A picture that got another class in between is another question.
            if (
                others.GetValueOrDefault(mine.Hash) is not { } theirs
                || row.Manifest.Classes[mine.Label] != other.Manifest.Classes[theirs.Label]
            )
                continue;
            var (isRight, wasRight) = (mine.Label == mine.Predicted, theirs.Label == theirs.Predicted);
            common++;
            onlyThis += isRight && !wasRight ? 1 : 0;
            onlyOther += wasRight && !isRight ? 1 : 0;
        }
        var result = other.Result;
        return common == 0
            ? null
            : new(
                other.Number,
                result.TestAccuracy,
                [result.IntervalLow, result.IntervalHigh],
                common,
                onlyThis,
                onlyOther,
                McNemarTest.Probability(onlyThis, onlyOther)
            );
    }

    private static EvaluationFiguresResponse Response(
        EvaluationFigures figures,
        ModelVersion row,
        int pictures,
        ModelComparisonResponse? previous
    )
    {
        var names = row.Manifest.Classes;
        return new(
            pictures,
            [.. figures.Top.Select(t => new TopAccuracyResponse(t.K, t.Accuracy, [t.Low, t.High]))],
            Response(figures.Macro),
            Response(figures.Weighted),
            Response(figures.Before),
            Response(figures.After),
            [.. figures.Confused.Select(p => new ConfusedPairResponse(names[p.Label], names[p.Predicted], p.Count))],
            [.. figures.Classes.Select(c => new ClassRankingResponse(names[c.Class], c.AreaUnderRoc, c.AveragePrecision))],
            previous
        );
    }

    private static ClassMeanResponse Response(ClassMean mean) => new(mean.Precision, mean.Recall, mean.F1);

    private static CalibrationFiguresResponse Response(Calibration calibration) =>
        new(
            calibration.Brier,
            [.. calibration.Reliability.Select(b => new ReliabilityBinResponse(b.Low, b.High, b.Count, b.Confidence, b.Accuracy))]
        );
}
