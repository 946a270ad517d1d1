using System.Text;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

internal static class ModelCardEndpoint
{
    public static void Map(RouteGroupBuilder models) =>
        models.MapGet("/{model}/versions/{version:int}/card", CardAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("GetModelCard");

    /// <summary>Get the model card: data, recipe, figures with intervals, limits</summary>
    /// <remarks>Markdown, made from what is stored at the moment of the request.</remarks>
    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> CardAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == row.RunId, cancellationToken);
        var data = await db
            .DatasetVersions.AsNoTracking()
            .FirstOrDefaultAsync(v => v.Id == row.DatasetVersionId && db.Datasets.Any(d => d.Id == v.DatasetId), cancellationToken);
        var card = ModelCardText.Write(row, run, data, await EvaluationsAsync(db, row.Id, cancellationToken));
        return ModelFileEndpoints.Made(Encoding.UTF8.GetBytes(card), "text/markdown; charset=utf-8", $"{model}-{version}.md");
    }

    private static async Task<List<CardEvaluation>> EvaluationsAsync(GpuGeekDbContext db, Guid version, CancellationToken cancellationToken)
    {
        var ended = db.Evaluations.Where(e => e.ModelVersionId == version && e.PredictionsHash != null);
        return
        [
            .. (await EvaluationReader.ReadAsync(db, ended, cancellationToken)).Select(e => new CardEvaluation(
                e.DatasetName,
                e.DatasetVersionNumber,
                e.Split,
                e.Accuracy!.Value,
                e.Interval![0],
                e.Interval[1],
                e.Pictures,
                e.LeftOut,
                e.Seen,
                e.Looks,
                e.IsOfRun
            )),
        ];
    }
}
