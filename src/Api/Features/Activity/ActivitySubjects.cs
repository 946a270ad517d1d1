using System.Text.Json;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Activity;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Sharing;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Activity;

/// <summary>Finds the subjects of a page of entries by the addresses in the entries, and reads their current names in one query per
/// kind.</summary>
internal sealed class ActivitySubjects(
    Project project,
    SubjectNames names,
    IReadOnlyDictionary<Guid, string> datasets,
    IReadOnlyDictionary<Guid, string> weights,
    IReadOnlyDictionary<Guid, string> jobs,
    IReadOnlySet<string> deployments,
    IReadOnlyDictionary<Guid, ShareLink> links
)
{
    private const string Run = "run",
        Dataset = "dataset",
        DatasetVersion = "dataset_version",
        ModelVersion = "model_version",
        Deployment = "deployment",
        Weights = "weights",
        Job = "job";

    public static async Task<ActivitySubjects> ReadAsync(
        GpuGeekDbContext db,
        Project project,
        IReadOnlyCollection<Happening> happenings,
        CancellationToken cancellationToken
    )
    {
        var targets = happenings.Where(h => h.Entry is not null).Select(h => h.Entry!.Target.Split('/')).ToList();
        var comments = happenings.Where(h => h.Comment is not null).Select(h => h.Comment!).ToList();
        var linkIds = Ids(targets.Where(t => t is ["projects", _, "share-links", ..]), 3);
        var datasetIds = Ids(targets.Where(t => t[0] == "datasets"), 1);
        var weightsIds = Ids(targets.Where(t => t[0] == "weights"), 1);
        var jobIds = Ids(targets.Where(t => t[0] == "jobs"), 1);
        var deploymentNames = targets.Where(t => t is ["deployments", _, ..]).Select(t => t[1]).Distinct().ToArray();
        var links = await db.ShareLinks.AsNoTracking().Where(l => linkIds.Contains(l.Id)).ToDictionaryAsync(l => l.Id, cancellationToken);
        var names = await SubjectNames.ReadAsync(
            db,
            [
                .. Ids(targets.Where(t => t[0] == "runs"), 1).Cast<Guid?>(),
                .. comments.Select(c => c.RunId),
                .. links.Values.Select(l => l.RunId),
            ],
            [
                .. Ids(targets.Where(t => t is ["datasets", _, "versions", ..]), 3).Cast<Guid?>(),
                .. comments.Select(c => c.DatasetVersionId),
            ],
            [.. comments.Select(c => c.ModelVersionId), .. links.Values.Select(l => l.ModelVersionId)],
            cancellationToken
        );
        return new(
            project,
            names,
            await db.Datasets.Where(d => datasetIds.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, cancellationToken),
            await db.UploadedWeights.Where(w => weightsIds.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.FileName, cancellationToken),
            await db.Jobs.Where(j => jobIds.Contains(j.Id)).ToDictionaryAsync(j => j.Id, j => j.Name, cancellationToken),
            (
                await db.Deployments.Where(d => deploymentNames.Contains(d.Name)).Select(d => d.Name).ToListAsync(cancellationToken)
            ).ToHashSet(StringComparer.Ordinal),
            links
        );
    }

    public ActivitySubject Of(Happening happening)
    {
        if (happening.Comment is { } c)
            return OfOne(c.RunId, c.DatasetVersionId, c.ModelVersionId);
        var entry = happening.Entry!;
        return entry.Target.Split('/') switch
        {
            ["projects", _, "share-links", var key, ..] => Guid.TryParse(key, out var id) && links.GetValueOrDefault(id) is { } link
                ? OfOne(link.RunId, null, link.ModelVersionId)
                : Gone(Run, key, ""),
            ["datasets", _, "versions", var key, ..] when Guid.TryParse(key, out var id) => OfOne(null, id, null),
            ["datasets", var key, ..] when Guid.TryParse(key, out var id) => datasets.TryGetValue(id, out var name)
                ? new(Dataset, key, name, null, true)
                : Gone(Dataset, key, NameIn(entry.Detail)),
            ["runs", var key, ..] when Guid.TryParse(key, out var id) => names.Runs.TryGetValue(id, out var name)
                ? new(Run, key, name, null, true)
                : Gone(Run, key, NameIn(entry.Detail)),
            ["weights", var key, ..] when Guid.TryParse(key, out var id) => weights.TryGetValue(id, out var name)
                ? new(Weights, key, name, null, true)
                : Gone(Weights, key, NameIn(entry.Detail)),
            ["jobs", var key, ..] when Guid.TryParse(key, out var id) => jobs.TryGetValue(id, out var name)
                ? new(Job, key, name, null, true)
                : Gone(Job, key, ""),
            ["deletions", var key, ..] when TextIn(entry.Detail, "kind") == nameof(DeletionKind.Dataset) => Gone(
                Dataset,
                key,
                NameIn(entry.Detail)
            ),
            ["deployments", var name, ..] => new(Deployment, name, name, null, deployments.Contains(name)),
            _ => new("project", project.Slug, project.Name, null, true),
        };
    }

    private ActivitySubject OfOne(Guid? run, Guid? datasetVersion, Guid? modelVersion)
    {
        var name = names.Of(run, datasetVersion, modelVersion);
        if (run is { } r)
            return new(Run, r.ToString(), name, null, names.Runs.ContainsKey(r));
        if (modelVersion is { } m)
            return names.ModelVersions.GetValueOrDefault(m) is { } model
                ? new(ModelVersion, $"{model.Model}/{model.Version}", name, null, true)
                : Gone(ModelVersion, m.ToString(), "");
        return names.DatasetVersions.TryGetValue(datasetVersion!.Value, out var version)
            ? new(DatasetVersion, datasetVersion.Value.ToString(), name, version.Ref.Dataset, true)
            : Gone(DatasetVersion, datasetVersion.Value.ToString(), "");
    }

    private static ActivitySubject Gone(string kind, string key, string name) => new(kind, key, name, null, false);

    /// <summary>A deleted subject has the name from the entry of its deletion, creation or renaming.</summary>
    private static string NameIn(string? detail) => TextIn(detail, "name");

    private static string TextIn(string? detail, string property)
    {
        if (detail is null)
            return "";
        using var json = JsonDocument.Parse(detail);
        return
            json.RootElement.ValueKind == JsonValueKind.Object
            && json.RootElement.TryGetProperty(property, out var text)
            && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : "";
    }

    private static Guid[] Ids(IEnumerable<string[]> targets, int position) =>
        [
            .. targets
                .Where(t => t.Length > position)
                .Select(t => Guid.TryParse(t[position], out var id) ? id : Guid.Empty)
                .Where(id => id != Guid.Empty)
                .Distinct(),
        ];
}
