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
/// What goes on in a project, told from the audit's entries and the comments as they are: nothing is kept twice. Only the actions listed
/// here, and of an entry neither address, email, key nor what was sent:
/// those stay with the audit.
/// </summary>
internal static class ActivityEndpoints
{
    private const int ExcerptLength = 200;

    /// <summary>Single pictures and what comments say themselves are left out.</summary>
    public static string[] Actions => [.. ScopeOf.Keys];

    /// <summary>The scope that an API key needs to be told of the action: the same as for reading its subject. Null: no key reads
    /// that.</summary>
    private static readonly Dictionary<string, string?> ScopeOf = new(StringComparer.Ordinal)
    {
        ["archive.upload"] = Scopes.DatasetsRead,
        ["dataset.create"] = Scopes.DatasetsRead,
        ["dataset.delete"] = Scopes.DatasetsRead,
        ["dataset.update"] = Scopes.DatasetsRead,
        ["deletion.restore"] = Scopes.DatasetsRead,
        ["deployment.create"] = Scopes.DeploymentsRead,
        ["deployment.delete"] = Scopes.DeploymentsRead,
        ["deployment.update"] = Scopes.DeploymentsRead,
        ["import.cancel"] = Scopes.DatasetsRead,
        ["import.create"] = Scopes.DatasetsRead,
        ["import.retry"] = Scopes.DatasetsRead,
        ["project.create"] = Scopes.DatasetsRead,
        ["project.delete"] = Scopes.DatasetsRead,
        ["project.update"] = Scopes.DatasetsRead,
        ["run.cancel"] = Scopes.RunsRead,
        ["run.create"] = Scopes.RunsRead,
        ["run.delete"] = Scopes.RunsRead,
        ["run.resume"] = Scopes.RunsRead,
        ["run.update"] = Scopes.RunsRead,
        ["share_link.create"] = null,
        ["share_link.revoke"] = null,
        ["version.create"] = Scopes.DatasetsRead,
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

    /// <summary>What was done in a project, newest first</summary>
    /// <remarks>An API key is told of what its scopes let it read: of runs with <c>runs:read</c>, of models and weights with
    /// <c>models:read</c>, of deployments with <c>deployments:read</c>.</remarks>
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
        // Both kinds of id begin with their time, so the two lists are one in the order of ids.
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
        // Not between the halves of one character.
        var end = char.IsHighSurrogate(text[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength;
        return text[..end].TrimEnd() + "…";
    }
}

/// <summary>An entry or a comment.</summary>
internal sealed record Happening(Guid Id, AuditEntry? Entry, Comment? Comment);
