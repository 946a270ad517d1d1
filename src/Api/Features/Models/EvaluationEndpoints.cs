using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Models;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Models;

/// <summary>Evaluations of a model version on other pictures than the test pictures of its run.</summary>
internal static class EvaluationEndpoints
{
    /// <summary>Of a line of the predictions' file: its hash and names, and each probability.</summary>
    private const int BytesPerPicture = 120;
    private const int BytesPerProbability = 14;

    public static void Map(RouteGroupBuilder models)
    {
        var group = models.MapGroup("/{model}/versions/{version:int}/evaluations").WithTags("Evaluations");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("ListEvaluations");
        group.MapGet("/preview", PreviewAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("PreviewEvaluation");
        group.MapGet("/{evaluation:guid}", GetAsync).Needs(Role.Viewer, Scopes.ModelsRead).WithName("GetEvaluation");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.ModelsWrite).Idempotent().WithName("CreateEvaluation");
        group.MapDelete("/{evaluation:guid}", DeleteAsync).Needs(Role.Editor, Scopes.ModelsWrite).WithName("DeleteEvaluation");
    }

    /// <summary>List the evaluations of a version, newest first</summary>
    private static async Task<Results<Ok<Page<EvaluationResponse>>, ProblemHttpResult>> ListAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var evaluations = db
            .Evaluations.Where(e => e.ModelVersionId == row.Id && (last == null || e.Id < last))
            .OrderByDescending(e => e.Id)
            .Take(size + 1);
        return TypedResults.Ok(
            Paging.Of(await EvaluationReader.ReadAsync(db, evaluations, cancellationToken), size, e => e.Id.ToString(), e => e)
        );
    }

    /// <summary>Get what an evaluation would score</summary>
    /// <remarks>Where the classes of the set and of the model differ, an evaluation asks what they mean: nothing is scored
    /// silently.</remarks>
    /// <param name="datasetVersion">A version of any dataset of the organisation.</param>
    /// <param name="split"><c>train|val|test</c></param>
    private static async Task<Results<Ok<EvaluationPreviewResponse>, ProblemHttpResult>> PreviewAsync(
        string model,
        int version,
        GpuGeekDbContext db,
        Guid datasetVersion,
        CancellationToken cancellationToken,
        string split = Splits.Test
    )
    {
        if (!Splits.All.Contains(split))
            throw new DomainException("invalid_split", $"'{split}' is no split.", $"Use {string.Join(", ", Splits.All)}.");
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (await EvaluatedSet.FindAsync(db, datasetVersion, split, cancellationToken) is not { } set)
            return EvaluatedSet.Unknown;
        var names = row.Manifest.Classes;
        return TypedResults.Ok(
            new EvaluationPreviewResponse(
                set.Counts.Values.Sum(),
                [
                    .. set.Counts.Select(c => new EvaluationClassResponse(
                        c.Key,
                        c.Value,
                        names.Contains(c.Key) ? c.Key : null,
                        names.Contains(c.Key) ? null : NearNames.Find(c.Key, names)
                    )),
                ],
                [.. names.Where(name => !set.Counts.ContainsKey(name))],
                await EvaluationReader.LooksAsync(db, datasetVersion, split, cancellationToken)
            )
        );
    }

    /// <summary>Get an evaluation</summary>
    private static async Task<Results<Ok<EvaluationResponse>, ProblemHttpResult>> GetAsync(
        string model,
        int version,
        Guid evaluation,
        GpuGeekDbContext db,
        LongPoll poll,
        CancellationToken cancellationToken,
        int? wait = null
    ) =>
        await poll.UntilAsync(
            wait,
            evaluation,
            token => EvaluationReader.FindAsync(db, Of(db, model, version, evaluation), token),
            found => found.State is not ("queued" or "running"),
            cancellationToken
        )
            is { } found
            ? TypedResults.Ok(found)
            : Problems.NotFound();

    /// <summary>Evaluate a version on a split of a dataset version</summary>
    /// <remarks>
    /// A job predicts the pictures as the endpoint does and keeps the predictions: <c>GET …/evaluations/{evaluation}?wait=30</c>; then
    /// <c>figures</c>, <c>curves</c> and <c>predictions</c> of the version take <c>?evaluation=</c>. The same question has one answer:
    /// asked again, the evaluation that exists is returned with 200, unless it failed or was cancelled. Nothing is charged; the
    /// predictions count in the plan's storage.
    /// </remarks>
    private static async Task<Results<Accepted<EvaluationResponse>, Ok<EvaluationResponse>, ProblemHttpResult>> CreateAsync(
        string model,
        int version,
        CreateEvaluationRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await ModelEndpoints.FindAsync(db, model, version, cancellationToken) is not { } row)
            return Problems.NotFound();
        if (await EvaluatedSet.FindAsync(db, request.DatasetVersion, request.Split, cancellationToken) is not { } set)
            return EvaluatedSet.Unknown;
        var classes = ClassMap.Shortest(request.Classes);
        var (scored, refusal) = set.Score(row.Manifest.Classes, classes);
        if (refusal is not null)
            return refusal;
        if ((long)scored * row.Manifest.Classes.Length > Evaluation.MostProbabilities)
            return Problems.Impossible(
                "evaluation_too_large",
                $"{scored} pictures of a model with {row.Manifest.Classes.Length} classes are too many for one evaluation.",
                $"At most {Evaluation.MostProbabilities / row.Manifest.Classes.Length} pictures are possible: choose a smaller split."
            );
        // Forty who ask the same at once get one answer.
        await PlanGate.LockAsync(db, tenant.OrgId, cancellationToken);
        var key = ClassMap.KeyOf(classes);
        var same = db.Evaluations.Where(e =>
            e.ModelVersionId == row.Id && e.DatasetVersionId == request.DatasetVersion && e.Split == request.Split && e.ClassKey == key
        );
        if (await EvaluationReader.FindAsync(db, same, cancellationToken) is { } known)
        {
            if (known.State is not ("failed" or "canceled"))
            {
                change.NoChange();
                return TypedResults.Ok(known);
            }
            await RemoveAsync(db, known.Id, cancellationToken);
        }
        if (await TooManyAsync(db, cancellationToken) is { } tooMany)
            return tooMany;
        var bytes = (long)scored * (BytesPerPicture + BytesPerProbability * row.Manifest.Classes.Length);
        await PlanGate.CheckStorageAsync(db, tenant.OrgId, bytes, 0, cancellationToken);
        var now = clock.GetUtcNow();
        var evaluation = new Evaluation
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(now),
            ModelVersionId = row.Id,
            DatasetVersionId = request.DatasetVersion,
            Split = request.Split,
            Classes = classes,
            ClassKey = key,
            CreatedBy = tenant.UserId,
            CreatedAt = now,
            PredictionsBytes = bytes,
            Pictures = scored,
            LeftOut = set.Counts.Values.Sum() - scored,
        };
        db.Evaluations.Add(evaluation);
        var project = await db.Models.Where(m => m.Id == row.ModelId).Select(m => m.ProjectId).SingleAsync(cancellationToken);
        db.Jobs.Add(Job.Of(evaluation, set.Dataset, $"{model} v{version} · {set.Name} v{set.Number}", project, tenant.UserId));
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(live.JobQueuedAsync);
        var created = db.Evaluations.Where(e => e.Id == evaluation.Id);
        return TypedResults.Accepted(
            $"/api/v1/orgs/{tenant.Slug}/models/{model}/versions/{version}/evaluations/{evaluation.Id}",
            (await EvaluationReader.FindAsync(db, created, cancellationToken))!
        );
    }

    /// <summary>Delete an evaluation and its predictions; one that runs ends</summary>
    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string model,
        int version,
        Guid evaluation,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await EvaluationReader.FindAsync(db, Of(db, model, version, evaluation), cancellationToken) is not { } found)
            return Problems.NotFound();
        if (found.IsOfRun)
            return Problems.Conflict(
                "evaluation_of_run",
                "The run made this evaluation: it belongs to the model version.",
                "It goes with its project or dataset."
            );
        await RemoveAsync(db, evaluation, cancellationToken);
        return TypedResults.NoContent();
    }

    private static IQueryable<Evaluation> Of(GpuGeekDbContext db, string model, int version, Guid evaluation) =>
        from e in db.Evaluations
        join v in db.ModelVersions on e.ModelVersionId equals v.Id
        join m in db.Models on v.ModelId equals m.Id
        where m.Name == model && v.Number == version && e.Id == evaluation
        select e;

    private static async Task<ProblemHttpResult?> TooManyAsync(GpuGeekDbContext db, CancellationToken cancellationToken)
    {
        var open = await db.Jobs.CountAsync(
            j => j.Kind == JobKinds.Evaluation && (j.State == JobState.Queued || j.State == JobState.Running),
            cancellationToken
        );
        return open < Evaluation.MostAtOnce
            ? null
            : Problems.Conflict(
                "too_many_evaluations",
                $"{open} evaluations of this organisation wait or run already.",
                "Wait until one has ended, or cancel one: GET …/jobs?state=active lists them."
            );
    }

    /// <summary>Without its job, a worker that runs it stops.</summary>
    private static async Task RemoveAsync(GpuGeekDbContext db, Guid evaluation, CancellationToken cancellationToken)
    {
        await db.Jobs.Where(j => j.Id == evaluation).ExecuteDeleteAsync(cancellationToken);
        await db.Evaluations.Where(e => e.Id == evaluation).ExecuteDeleteAsync(cancellationToken);
    }
}
