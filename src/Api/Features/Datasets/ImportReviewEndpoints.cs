using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Decisions about imports that have shown what they would do.</summary>
internal static class ImportReviewEndpoints
{
    private const int MostClasses = 1000;

    public static void Map(RouteGroupBuilder datasets) =>
        datasets
            .MapPost("/{dataset:guid}/imports/{import:guid}/start", StartAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .Idempotent()
            .WithTags("Imports")
            .WithName("StartImport");

    /// <summary>Decide what an import does, and start it</summary>
    /// <remarks>While its state is <c>review</c>; its <c>findings</c> say what is to be decided. Until then nothing has changed. Any other
    /// import returns <c>import_not_in_review</c>.</remarks>
    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> StartAsync(
        Guid dataset,
        Guid import,
        StartImportRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var one = ImportEndpoints.One(db, dataset, import);
        if (!await one.AnyAsync(cancellationToken))
            return Problems.NotFound();
        if (Refused(request.Classes) is { } refusal)
            return refusal;
        if (!await JobChanges.RetryAsync(db, store, tenant.OrgId, import, clock.GetUtcNow(), cancellationToken, JobState.Succeeded))
            return Problems.Conflict(
                "import_not_in_review",
                "The import does not wait for a decision: it has started, was cancelled, or waited for longer than 7 days.",
                "GET …/imports/{import} says its state."
            );
        var onExisting = Enum.Parse<OnExisting>(request.OnExisting, ignoreCase: true);
        var classes = request.Classes.ToDictionary(c => c.Key, c => DatasetClass.NameOf(c.Value)!, StringComparer.Ordinal);
        await one.ExecuteUpdateAsync(
            set =>
                set.SetProperty(i => i.OnExisting, onExisting)
                    .SetProperty(i => i.Unlabelled, request.Unlabelled)
                    .SetProperty(i => i.Classes, classes)
                    .SetProperty(i => i.IsDecided, true)
                    .SetProperty(i => i.Skipped, 0),
            cancellationToken
        );
        change.AfterCommit(live.JobQueuedAsync);
        change.AfterCommit(() => live.ImportChangedAsync(tenant.OrgId, dataset));
        return TypedResults.Ok((await one.AsNoTracking().WithJobs(db).SingleAsync(cancellationToken)).ToResponse(tenant.Slug, []));
    }

    private static ProblemHttpResult? Refused(IReadOnlyDictionary<string, string> classes) =>
        classes.Count > MostClasses
            ? Problems.Impossible("too_many_classes", $"More than {MostClasses} classes are renamed.", "Rename them in the archive.")
        : classes.Values.Any(name => name is null || DatasetClass.NameOf(name) is null) ? ClassLookup.BadName()
        : null;
}
