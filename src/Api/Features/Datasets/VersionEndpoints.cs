using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Audit;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Http.Idempotency;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Datasets;

internal static class VersionEndpoints
{
    private const int MinClasses = 2;
    private const int MinImagesPerClass = 3;

    public static void Map(RouteGroupBuilder datasets)
    {
        var group = datasets.MapGroup("/{dataset:guid}/versions").WithTags("Versions");
        group.MapGet("", ListAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("ListVersions");
        group.MapPost("", CreateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).Idempotent().WithName("CreateVersion");
        group.MapPatch("/{version:guid}", UpdateAsync).Needs(Role.Editor, Scopes.DatasetsWrite).WithName("UpdateVersion");
        group.MapGet("/{version:guid}", GetAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetVersion");
        group
            .MapPost("/{version:guid}/embeddings", EmbedAsync)
            .Needs(Role.Editor, Scopes.DatasetsWrite)
            .Idempotent()
            .WithName("CreateEmbeddings");
        group.MapGet("/{version:guid}/manifest", ManifestAsync).Needs(Role.Viewer, Scopes.DatasetsRead).WithName("GetManifest");
    }

    /// <summary>Compute the embeddings of a version's pictures</summary>
    /// <remarks>
    /// An embedding is what a pretrained network sees in a picture. A job computes those that are not known; trainings of the preset
    /// <c>fast</c> with this architecture then start with them. They count in the plan, as far as it has room, and are deleted with
    /// their pictures. The job's state: <c>GET …/jobs/{job}?wait=30</c>.
    /// </remarks>
    private static async Task<Results<Accepted<JobResponse>, ProblemHttpResult>> EmbedAsync(
        Guid dataset,
        Guid version,
        CreateEmbeddingsRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        ILiveNotifier live,
        Change change,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var row = await db
            .DatasetVersions.AsNoTracking()
            .FirstOrDefaultAsync(v => v.Id == version && v.DatasetId == dataset, cancellationToken);
        if (row is null)
            return Problems.NotFound();
        // As a training would refuse it.
        var architecture = RecipePresets
            .Resolve(new() { Preset = RecipePresets.Fast, ["model.architecture"] = request.Architecture })
            .Model.Architecture;
        var project = await db
            .Projects.Where(p => db.Datasets.Any(d => d.Id == dataset && d.ProjectId == p.Id))
            .Select(p => new { p.Id, p.Slug })
            .SingleAsync(cancellationToken);
        var name = await db.Datasets.Where(d => d.Id == dataset).Select(d => d.Name).SingleAsync(cancellationToken);
        var job = Job.Of(
            new EmbeddingRequest(version, architecture),
            row,
            $"{name} v{row.Number} · {architecture}",
            project.Id,
            tenant.UserId,
            clock.GetUtcNow()
        );
        db.Jobs.Add(job);
        await db.SaveChangesAsync(cancellationToken);
        change.AfterCommit(live.JobQueuedAsync);
        return TypedResults.Accepted($"/api/v1/orgs/{tenant.Slug}/jobs/{job.Id}", job.ToResponse(project.Slug));
    }

    /// <summary>List the versions of a dataset, newest first</summary>
    private static async Task<Results<Ok<Page<VersionResponse>>, ProblemHttpResult>> ListAsync(
        Guid dataset,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        var rows = await db
            .DatasetVersions.AsNoTracking()
            .Where(v => v.DatasetId == dataset && (last == null || v.Id < last))
            .OrderByDescending(v => v.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var uses = await VersionUse.ReadAsync(db, [.. rows.Select(v => v.Id)], cancellationToken);
        return TypedResults.Ok(Paging.Of(rows, size, v => v.Id.ToString(), v => Response(v, tenant.Slug, uses.GetValueOrDefault(v.Id))));
    }

    /// <summary>Create a version: freeze the current pictures, labels and splits</summary>
    /// <remarks>The same pictures, labels and splits give the same version: an existing one is returned with 200. Pictures of the newest
    /// version with the same shares and seed keep its splits, so that test sets stay comparable while the dataset grows; another seed
    /// splits all of them anew. Pictures of one group come into one split, and so do pictures that nearly equal each other.</remarks>
    private static async Task<Results<Created<VersionResponse>, Ok<VersionResponse>, ProblemHttpResult>> CreateAsync(
        Guid dataset,
        CreateVersionRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        Change change,
        TimeProvider clock,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var images = await CandidatesAsync(db, dataset, cancellationToken);
        // What was read left more behind than is kept of it.
        LargeArrays.Release(images.Count);
        LargeArrays.ReleaseAfter(response, images.Count);
        if (UnclearFold(request) is { } unclear)
            return unclear;
        if (TooFew(images, request.Folds ?? MinImagesPerClass) is { } refusal)
            return refusal;
        var fractions = new SplitFractions(request.Split.Train, request.Split.Val, request.Split.Test);
        var near = NearDuplicates.Find(images);
        LargeArrays.Release(images.Count);
        if (request.NearDuplicatesTogether)
            NearDuplicates.KeepTogether(images, near);
        if (request is { Folds: { } folds, Fold: { } fold })
            StratifiedFolds.Assign(images, folds, fold, request.Seed);
        else
        {
            await FormerSplits.ReadAsync(images, db, store, tenant.OrgId, dataset, fractions, request.Seed, cancellationToken);
            StratifiedSplit.Assign(images, fractions, request.Seed);
        }
        var counts = images.CountsBySplit();
        if (EmptySplit(counts) is { } empty)
            return empty;
        var (hash, length) = Manifest.HashOf(images);
        // Two requests at once would get the same number, so one of them waits here.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM datasets WHERE id = {dataset} FOR UPDATE", cancellationToken);
        if (
            await db
                .DatasetVersions.AsNoTracking()
                .FirstOrDefaultAsync(v => v.DatasetId == dataset && v.ManifestHash == hash, cancellationToken) is
            { } same
        )
        {
            change.NoChange();
            return await ShowAsync(db, same, tenant, cancellationToken);
        }
        await store.PutAsync(ObjectKeys.Content(tenant.OrgId, hash), new ManifestStream(images), length, cancellationToken);
        var number =
            1 + (await db.DatasetVersions.Where(v => v.DatasetId == dataset).MaxAsync(v => (int?)v.Number, cancellationToken) ?? 0);
        var version = new DatasetVersion
        {
            OrgId = tenant.OrgId,
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            DatasetId = dataset,
            Number = number,
            ManifestHash = hash,
            Seed = request.Seed,
            Fractions = request.Folds is null ? fractions : null,
            Fold = request.Fold,
            Folds = request.Folds,
            ImageCount = images.Count,
            Classes = [.. images.Labels.All.Order(StringComparer.Ordinal)],
            Counts = counts,
            DividedGroups = VersionWarning.DividedGroups(images),
            DividedDuplicates = NearDuplicates.Divided(images, near),
            Samples = VersionSamples.Of(images),
            CreatedAt = clock.GetUtcNow(),
        };
        db.DatasetVersions.Add(version);
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Created($"/api/v1/orgs/{tenant.Slug}/datasets/{dataset}/versions/{version.Id}", Response(version, tenant.Slug));
    }

    /// <summary>Get a version</summary>
    private static async Task<Results<Ok<VersionResponse>, ProblemHttpResult>> GetAsync(
        Guid dataset,
        Guid version,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(db, dataset, version, cancellationToken) is { } row
            ? await ShowAsync(db, row, tenant, cancellationToken)
            : Problems.NotFound();

    /// <summary>Change the note of a version</summary>
    /// <remarks>Everything else of a version never changes.</remarks>
    private static async Task<Results<Ok<VersionResponse>, ProblemHttpResult>> UpdateAsync(
        Guid dataset,
        Guid version,
        UpdateVersionRequest request,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken
    )
    {
        if (await db.DatasetVersions.FirstOrDefaultAsync(v => v.DatasetId == dataset && v.Id == version, cancellationToken) is not { } row)
            return Problems.NotFound();
        row.Note = string.IsNullOrWhiteSpace(request.Note) ? null : request.Note.Trim();
        await db.SaveChangesAsync(cancellationToken);
        return await ShowAsync(db, row, tenant, cancellationToken);
    }

    private static async Task<Ok<VersionResponse>> ShowAsync(
        GpuGeekDbContext db,
        DatasetVersion row,
        Tenant tenant,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            Response(row, tenant.Slug, (await VersionUse.ReadAsync(db, [row.Id], cancellationToken)).GetValueOrDefault(row.Id))
        );

    /// <summary>Get the manifest: one line per picture, <c>hash TAB label TAB split TAB group</c></summary>
    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ManifestAsync(
        Guid dataset,
        Guid version,
        Tenant tenant,
        GpuGeekDbContext db,
        IObjectStore store,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(db, dataset, version, cancellationToken) is { } row
            ? TypedResults.Stream(
                await store.OpenReadAsync(ObjectKeys.Content(tenant.OrgId, row.ManifestHash), cancellationToken),
                "text/tab-separated-values; charset=utf-8",
                $"manifest-{row.Number}.tsv"
            )
            : Problems.NotFound();

    private static Task<DatasetVersion?> FindAsync(GpuGeekDbContext db, Guid dataset, Guid version, CancellationToken cancellationToken) =>
        db.DatasetVersions.AsNoTracking().FirstOrDefaultAsync(v => v.DatasetId == dataset && v.Id == version, cancellationToken);

    private static async Task<VersionPictures> CandidatesAsync(GpuGeekDbContext db, Guid dataset, CancellationToken cancellationToken)
    {
        var images =
            from image in db.DatasetImages
            join c in db.DatasetClasses on image.ClassId equals c.Id
            where image.DatasetId == dataset && !image.IsArchived
            select new
            {
                image.Hash,
                c.Name,
                image.Split,
                image.GroupName,
                image.PerceptualHash,
            };
        var result = new VersionPictures(await images.CountAsync(cancellationToken));
        await foreach (var image in images.AsAsyncEnumerable().WithCancellation(cancellationToken))
            result.Add(new(image.Hash, image.Name, image.Split, image.GroupName ?? "", null, image.PerceptualHash));
        return result;
    }

    private static ProblemHttpResult? UnclearFold(CreateVersionRequest request) =>
        request.Folds is null == request.Fold is null && !(request.Fold > request.Folds)
            ? null
            : Problems.Impossible(
                "fold_unclear",
                "'folds' and 'fold' are sent together, and 'fold' is a number from 1 to 'folds'.",
                "For example folds = 5 and fold = 1, then fold = 2, up to 5."
            );

    private static ProblemHttpResult? TooFew(VersionPictures images, int least)
    {
        var counts = images.Counts().ToList();
        if (counts.Count < MinClasses)
            return Problems.Impossible(
                "too_few_classes",
                $"A version needs pictures of at least {MinClasses} classes; the dataset has {(counts.Count == 1 ? "1" : "0")}.",
                "Import pictures of another class."
            );
        var small = counts.Where(c => c.Count < least).Select(c => $"{c.Label} ({c.Count})").ToList();
        return small.Count == 0
            ? null
            : Problems.Impossible(
                "too_few_images",
                $"Each class needs at least {least} pictures, one per {(least == MinImagesPerClass ? "split" : "fold")}. Too few: "
                    + $"{string.Join(", ", small.Take(10))}{(small.Count > 10 ? $" and {small.Count - 10} more" : "")}.",
                "Add pictures of these classes."
            );
    }

    private static ProblemHttpResult? EmptySplit(Dictionary<string, Dictionary<string, int>> counts) =>
        Splits.All.FirstOrDefault(s => counts[s].Count == 0) is { } empty
            ? Problems.Impossible(
                "empty_split",
                $"The split '{empty}' would have no pictures: the folders of the import put all of them in other splits.",
                "Import pictures outside train, val and test folders, or put some in each of these folders."
            )
            : null;

    private static VersionResponse Response(DatasetVersion v, string org, VersionUse? use = null) =>
        new(
            v.Id,
            v.DatasetId,
            v.Number,
            "sha256:" + v.ManifestHash,
            v.Seed,
            v.ImageCount,
            v.Classes,
            v.Counts.ToDictionary(s => s.Key, s => (IReadOnlyDictionary<string, int>)s.Value),
            v.CreatedAt,
            v.Fractions is { } f ? new(f.Train, f.Val, f.Test) : null,
            [
                .. VersionWarning
                    .Of(v.Classes, v.Counts, v.DividedGroups, v.DividedDuplicates)
                    .Select(w => new VersionWarningResponse(w.Code, w.Split, w.Classes, w.Count)),
            ]
        )
        {
            Note = v.Note,
            Fold = v.Fold,
            Folds = v.Folds,
            Runs = use?.Runs ?? 0,
            Models = use?.Models ?? 0,
            Samples = [.. v.Samples.Select(hash => $"/api/v1/orgs/{org}/datasets/{v.DatasetId}/versions/{v.Id}/pictures/{hash}/thumbnail")],
        };
}
