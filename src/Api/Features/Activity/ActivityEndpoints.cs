using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Shared;
using GpuGeek.Contracts.Activity;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Comments;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Activity;

/// <summary>
/// Project activity, built from audit entries and comments; nothing is stored twice. Only the actions listed here are shown. The address,
/// email, key and request content of an entry stay in the audit log.
/// </summary>
internal static class ActivityEndpoints
{
    private const int ExcerptLength = 200;

    /// <summary>Changes of single pictures and changes of comments are left out.</summary>
    public static string[] Actions => [.. ScopeOf.Keys];

    /// <summary>The scope that an API key needs to see the action, which is the scope for reading its subject. Null: not visible to
    /// keys.</summary>
    private static readonly Dictionary<string, string?> ScopeOf = new(StringComparer.Ordinal)
    {
        ["alias.delete"] = Scopes.ModelsRead,
        ["alias.set"] = Scopes.ModelsRead,
        ["archive.upload"] = Scopes.DatasetsRead,
        ["class.rename"] = Scopes.DatasetsRead,
        ["dataset.create"] = Scopes.DatasetsRead,
        ["dataset.delete"] = Scopes.DatasetsRead,
        ["dataset.update"] = Scopes.DatasetsRead,
        ["deletion.restore"] = Scopes.DatasetsRead,
        ["deployment.create"] = Scopes.DeploymentsRead,
        ["deployment.delete"] = Scopes.DeploymentsRead,
        ["deployment.update"] = Scopes.DeploymentsRead,
        ["embeddings.create"] = Scopes.DatasetsRead,
        ["evaluation.create"] = Scopes.ModelsRead,
        ["evaluation.delete"] = Scopes.ModelsRead,
        ["image_edit.undo"] = Scopes.DatasetsRead,
        ["images.edit"] = Scopes.DatasetsRead,
        ["import.cancel"] = Scopes.DatasetsRead,
        ["import.create"] = Scopes.DatasetsRead,
        ["import.retry"] = Scopes.DatasetsRead,
        ["import.start"] = Scopes.DatasetsRead,
        ["upload.append"] = Scopes.DatasetsRead,
        ["upload.cancel"] = Scopes.DatasetsRead,
        ["upload.create"] = Scopes.DatasetsRead,
        ["labels.upload"] = Scopes.DatasetsRead,
        ["job.cancel"] = Scopes.JobsRead,
        ["job.retry"] = Scopes.JobsRead,
        ["project.create"] = Scopes.DatasetsRead,
        ["project.delete"] = Scopes.DatasetsRead,
        ["project.update"] = Scopes.DatasetsRead,
        ["run.cancel"] = Scopes.RunsRead,
        ["run.create"] = Scopes.RunsRead,
        ["run.delete"] = Scopes.RunsRead,
        ["run.probe"] = Scopes.RunsRead,
        ["run.resume"] = Scopes.RunsRead,
        ["run.update"] = Scopes.RunsRead,
        ["share_link.create"] = null,
        ["share_link.revoke"] = null,
        ["version.create"] = Scopes.DatasetsRead,
        ["version.restore"] = Scopes.DatasetsRead,
        ["version.update"] = Scopes.DatasetsRead,
        ["weights.delete"] = Scopes.ModelsRead,
        ["weights.retry"] = Scopes.ModelsRead,
        ["weights.upload"] = Scopes.ModelsRead,
    };

    public static void MapActivity(this IEndpointRouteBuilder routes) =>
        routes
            .MapOrg("/projects/{project}/activity")
            .WithTags("Projects")
            .MapGet("", ListAsync)
            .Needs(Role.Viewer, Scopes.DatasetsRead)
            .WithName("ListActivity");

    /// <summary>List the activity in a project, newest first</summary>
    /// <remarks>An API key sees what its scopes allow: runs with <c>runs:read</c>, models and weights with <c>models:read</c>,
    /// deployments with <c>deployments:read</c>.</remarks>
    private static async Task<Results<Ok<Page<ActivityResponse>>, ProblemHttpResult>> ListAsync(
        string project,
        Tenant tenant,
        GpuGeekDbContext db,
        CancellationToken cancellationToken,
        string? after = null,
        int? limit = null
    )
    {
        var size = Paging.Limit(limit);
        var last = Paging.After(after);
        if (await db.Projects.AsNoTracking().FirstOrDefaultAsync(p => p.Slug == project, cancellationToken) is not { } row)
            return Problems.NotFound();
        var actions = ScopeOf.Where(a => MayRead(tenant.Caller, a.Value)).Select(a => a.Key).ToArray();
        var entries = await db
            .AuditEntries.AsNoTracking()
            .Where(a => a.ProjectId == row.Id && actions.Contains(a.Action) && (last == null || a.Id < last))
            .OrderByDescending(a => a.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        var (runs, models) = (MayRead(tenant.Caller, Scopes.RunsRead), MayRead(tenant.Caller, Scopes.ModelsRead));
        var comments = await VisibleComments
            .Of(db)
            .AsNoTracking()
            .Where(c =>
                c.ProjectId == row.Id && (last == null || c.Id < last) && (runs || c.RunId == null) && (models || c.ModelVersionId == null)
            )
            .OrderByDescending(c => c.Id)
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        // Both kinds of id start with their time, so the two lists can be merged by id.
        var both = entries
            .Select(e => new Happening(e.Id, e, null))
            .Concat(comments.Select(c => new Happening(c.Id, null, c)))
            .OrderByDescending(h => h.Id)
            .Take(size + 1)
            .ToList();
        var subjects = await ActivitySubjects.ReadAsync(db, row, both, cancellationToken);
        return TypedResults.Ok(Paging.Of(both, size, h => h.Id.ToString(), h => Response(h, subjects.Of(h))));
    }

    private static bool MayRead(Caller caller, string? scope) => !caller.IsKey || (scope is not null && caller.Scopes.Contains(scope));

    private static ActivityResponse Response(Happening happening, ActivitySubject subject) =>
        happening switch
        {
            { Comment: { } c } => new(c.Id, c.CreatedAt, c.AuthorName, false, "comment.create", subject, Excerpt(c.Text)),
            { Entry: { } e } => new(e.Id, e.At, e.UserName, e.KeyName is not null, e.Action, subject, null),
            _ => throw new InvalidOperationException("It is an entry or a comment."),
        };

    private static string Excerpt(string text)
    {
        if (text.Length <= ExcerptLength)
            return text;
        // Do not cut between the halves of a surrogate pair.
        var end = char.IsHighSurrogate(text[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength;
        return text[..end].TrimEnd() + "…";
    }
}

/// <summary>An entry or a comment.</summary>
internal sealed record Happening(Guid Id, AuditEntry? Entry, Comment? Comment);
