using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Runs;

/// <summary>The result of a successful run; its files are already stored under content-addressed names.</summary>
public sealed record RunPublication
{
    public required RunResult Result { get; init; }

    /// <summary>Time at which the training process reported the complete result.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>As written by the training process; its model and version are replaced by the assigned ones.</summary>
    public required ModelManifest Manifest { get; init; }
    public required string OnnxHash { get; init; }
    public required long OnnxBytes { get; init; }
    public required string PredictionsHash { get; init; }
    public required string WeightsHash { get; init; }
}

internal static class ModelPublisher
{
    /// <summary>Adds a version to the project's model, which is created for the first one.</summary>
    /// <returns>The version's id.</returns>
    public static async Task<Guid> AddVersionAsync(
        GpuGeekDbContext db,
        Run run,
        RunPublication publication,
        TimeProvider clock,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var slug = await db
            .Projects.IgnoreTenantFilter()
            .Where(p => p.OrgId == run.OrgId && p.Id == run.ProjectId)
            .Select(p => p.Slug)
            .SingleAsync(cancellationToken);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO models (org_id, id, project_id, name, created_at) VALUES ({run.OrgId}, {Guid.CreateVersion7(
                clock.GetUtcNow()
            )}, {run.ProjectId}, {slug}, {now})
            ON CONFLICT (org_id, name) WHERE deletion_id IS NULL DO NOTHING
            """,
            cancellationToken
        );
        // The model's row is locked, so that two runs that end at the same time get two numbers.
        var model = (
            await db
                .Database.SqlQuery<Guid>(
                    $"SELECT id AS \"Value\" FROM models WHERE org_id = {run.OrgId} AND name = {slug} AND deletion_id IS NULL FOR UPDATE"
                )
                .ToListAsync(cancellationToken)
        ).Single();
        var number = await NextNumberAsync(db, run.OrgId, model, cancellationToken);
        var version = new ModelVersion
        {
            OrgId = run.OrgId,
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            ModelId = model,
            Number = number,
            RunId = run.Id,
            DatasetVersionId = run.DatasetVersionId,
            Architecture = run.Recipe.Model.Architecture,
            Manifest = publication.Manifest with { Model = slug, Version = number },
            Result = publication.Result,
            OnnxHash = publication.OnnxHash,
            OnnxBytes = publication.OnnxBytes,
            PredictionsHash = publication.PredictionsHash,
            WeightsHash = publication.WeightsHash,
            CreatedAt = now,
        };
        db.ModelVersions.Add(version);
        // The run's dataset may be deleted, and its versions with it.
        var pictures = await db
            .Database.SqlQuery<Guid>(
                $"""
                SELECT id AS "Value" FROM dataset_versions WHERE org_id = {run.OrgId} AND id = {run.DatasetVersionId} FOR KEY SHARE
                """
            )
            .ToListAsync(cancellationToken);
        if (pictures.Count > 0)
            db.Evaluations.Add(OfRun(run, version, clock));
        return version.Id;
    }

    private static Evaluation OfRun(Run run, ModelVersion version, TimeProvider clock) =>
        new()
        {
            OrgId = run.OrgId,
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            ModelVersionId = version.Id,
            DatasetVersionId = run.DatasetVersionId,
            Split = Splits.Test,
            IsOfRun = true,
            CreatedBy = run.CreatedBy,
            CreatedAt = version.CreatedAt,
            PredictionsHash = version.PredictionsHash,
            Pictures = version.Result.TestCount,
            Seen = 0,
            Correct = (int)Math.Round(version.Result.TestAccuracy * version.Result.TestCount),
        };

    public static async Task<int> NextNumberAsync(GpuGeekDbContext db, Guid org, Guid model, CancellationToken cancellationToken) =>
        (
            await db
                .ModelVersions.IgnoreTenantFilter()
                .Where(v => v.OrgId == org && v.ModelId == model)
                .MaxAsync(v => (int?)v.Number, cancellationToken)
            ?? 0
        ) + 1;
}
