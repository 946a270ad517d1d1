using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Contracts.Runs;
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
    /// pictures that both were tested on; without it, the one before. <c>evaluation</c>: the figures of that one.
    /// </remarks>
    private static async Task<Results<Ok<EvaluationFiguresResponse>, ProblemHttpResult>> FiguresAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken,
        int? against = null,
        Guid? evaluation = null
    )
    {
        if (await EvaluatedPredictions.FindAsync(db, model, version, evaluation, cancellationToken) is not { } mine)
            return Problems.NotFound();
        var other = await ModelEndpoints.FindAsync(db, model, against ?? version - 1, cancellationToken);
        if (against is not null && other is null)
            return Problems.Impossible("unknown_model_version", $"The model has no version {against}.", "GET …/versions lists them.");
        var predictions = await mine.ReadAsync(store, cancellationToken);
        if (predictions.Count == 0)
            return Problems.NotFound();
        var theirs = other is null ? null : await mine.OfAsync(db, other, cancellationToken);
        var previous = theirs is null ? null : await CompareAsync(mine.Version, predictions, theirs, store, cancellationToken);
        var figures = EvaluationFigures.Of(predictions, mine.Version.Result.Temperature);
        return TypedResults.Ok(Response(figures, mine.Version, predictions.Count, previous));
    }

    /// <summary>Get the ROC curve and the precision-recall curve of a class</summary>
    private static async Task<Results<Ok<ClassCurvesResponse>, ProblemHttpResult>> CurvesAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        IObjectStore store,
        HttpRequest http,
        CancellationToken cancellationToken,
        Guid? evaluation = null
    )
    {
        if (await EvaluatedPredictions.FindAsync(db, model, version, evaluation, cancellationToken) is not { } mine)
            return Problems.NotFound();
        var name = http.Query["class"].ToString();
        var label = Array.IndexOf(mine.Version.Manifest.Classes, name);
        if (label < 0)
            return Problems.Impossible("unknown_class", $"The model has no class '{name}'.", "Send one of its classes as ?class=.");
        var predictions = await mine.ReadAsync(store, cancellationToken);
        var curve = EvaluationFigures.RankingOf(predictions, label);
        var points = curve
            .Thinned(MostPoints)
            .Select(p => new ClassCurvePointResponse(p.Threshold, p.Recall, p.FalsePositiveRate, p.Precision));
        return TypedResults.Ok(new ClassCurvesResponse(name, curve.AreaUnderRoc(), curve.AveragePrecision(), [.. points]));
    }

    private static async Task<ModelComparisonResponse?> CompareAsync(
        ModelVersion row,
        List<TestPrediction> predictions,
        EvaluatedPredictions their,
        IObjectStore store,
        CancellationToken cancellationToken
    )
    {
        var all = await their.ReadAsync(store, cancellationToken);
        var others = all.ToDictionary(p => p.Hash, StringComparer.Ordinal);
        var other = their.Version;
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
        var right = all.Count(p => p.Label == p.Predicted);
        var (low, high) = WilsonInterval.Of(right, Math.Max(1, all.Count));
        return common == 0
            ? null
            : new(
                other.Number,
                (double)right / all.Count,
                [low, high],
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
            previous,
            [.. figures.Scores.Select((s, c) => new ClassScoreResponse(names[c], s.Precision, s.Recall, s.F1, s.Support))],
            figures.Confusion
        );
    }

    private static ClassMeanResponse Response(ClassMean mean) => new(mean.Precision, mean.Recall, mean.F1);

    private static CalibrationFiguresResponse Response(Calibration calibration) =>
        new(
            calibration.Brier,
            [.. calibration.Reliability.Select(b => new ReliabilityBinResponse(b.Low, b.High, b.Count, b.Confidence, b.Accuracy))]
        );
}
