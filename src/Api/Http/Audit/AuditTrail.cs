using System.Text.Json;
using System.Text.Json.Serialization;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Http.Audit;

/// <summary>Creates the audit entry of a request: the action is the route's name, the target its path, the detail the request
/// body.</summary>
internal static class AuditTrail
{
    private const int MaxTarget = 500,
        MaxUserAgent = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="detail">Serialised to JSON; null: no detail.</param>
    /// <param name="created">Path of the created object; null: the request's own path.</param>
    /// <param name="project">Project of the change, if already known; otherwise it is found by the path.</param>
    public static async Task<AuditEntry> EntryAsync(
        HttpContext http,
        GpuGeekDbContext db,
        object? detail,
        string? created,
        CancellationToken cancellationToken,
        Guid? project = null
    )
    {
        var tenant = http.RequestServices.GetRequiredService<Tenant>();
        var user = await db
            .Users.AsNoTracking()
            .Where(u => u.Id == tenant.UserId)
            .Select(u => new { u.DisplayName, u.Email })
            .SingleAsync(cancellationToken);
        var key = tenant.Caller.IsKey
            ? await db.Tokens.Where(t => t.Id == tenant.Caller.Token).Select(t => t.Name).SingleAsync(cancellationToken)
            : null;
        var target = created ?? http.Request.Path;
        project ??= await AuditProjects.FindAsync(db, InOrganisation(target), cancellationToken);
        return Entry(
            http,
            tenant.OrgId,
            tenant.UserId,
            user.DisplayName,
            user.Email!,
            key,
            Action(http),
            target,
            detail is null ? null : JsonSerializer.Serialize(detail, detail.GetType(), Json),
            project
        );
    }

    public static AuditEntry Entry(
        HttpContext http,
        Guid org,
        Guid user,
        string name,
        string email,
        string? key,
        string action,
        string target,
        string? detail,
        Guid? project = null
    )
    {
        var now = http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        return new()
        {
            OrgId = org,
            Id = Guid.CreateVersion7(now),
            At = now,
            UserId = user,
            UserName = name,
            UserEmail = email,
            KeyName = key,
            Action = action,
            Target = Cut(InOrganisation(target), MaxTarget),
            ProjectId = project,
            Detail = detail,
            Address = ClientAddress.Of(http),
            UserAgent = Cut(http.Request.Headers.UserAgent.ToString(), MaxUserAgent),
        };
    }

    /// <summary>CreateRun → run.create, ChangeSubscription → subscription.change, CreateDatasetVersion → dataset_version.create.</summary>
    public static string Action(HttpContext http)
    {
        var words = JsonNamingPolicy
            .SnakeCaseLower.ConvertName(http.GetEndpoint()!.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName)
            .Split('_', 2);
        return $"{words[1]}.{words[0]}";
    }

    /// <summary>The request body among a handler's arguments: the argument that is a contract.</summary>
    public static object? Body(IEnumerable<object?> arguments) =>
        arguments.FirstOrDefault(a => a?.GetType().Namespace?.StartsWith("GpuGeek.Contracts", StringComparison.Ordinal) == true);

    /// <summary>/api/v1/orgs/acme/runs/… → runs/…</summary>
    public static string InOrganisation(string address) =>
        address.Split('/', 6) is ["", "api", "v1", "orgs", _, var rest] ? rest : address.TrimStart('/');

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
