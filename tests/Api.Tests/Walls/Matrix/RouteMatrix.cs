using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>Runs the rows with every kind of caller, and lists unexpected responses.</summary>
internal static partial class RouteMatrix
{
    public static async Task<List<string>> DeviationsAsync(World world, IEnumerable<Row> rows)
    {
        var deviations = new List<string>();
        foreach (var row in rows)
        foreach (var who in Enum.GetValues<Who>())
            deviations.AddRange(await CellAsync(world, row, who));
        return deviations;
    }

    private static async Task<List<string>> CellAsync(World world, Row row, Who who)
    {
        var call = await row.Make(world);
        var before = await world.AuditCountAsync();
        var expected = Expected(row, who);
        var deviations = new List<string>();
        HttpStatusCode? head = call.Method == HttpMethod.Get ? await HeadAsync(world, row, who, call) : null;
        using var response = await world.As(who, row.Scope).SendAsync(call.To(world.Owner.Org), ApiApplication.Cancel);
        if (response.StatusCode != expected)
            deviations.Add($"{row.Name} as {who}: {(int)response.StatusCode} instead of {(int)expected}");
        if (head is { } status && status != response.StatusCode)
            deviations.Add($"HEAD of {row.Name} as {who}: {(int)status} where GET answers {(int)response.StatusCode}");
        var entries = await world.AuditCountAsync() - before;
        var due = row.Audited && expected == row.Success ? 1 : 0;
        if (entries != due)
            deviations.Add($"{row.Name} as {who}: {entries} audit entries instead of {due}");
        if (row.Undo is not null && response.IsSuccessStatusCode)
            await row.Undo(world);
        return deviations;
    }

    private static async Task<HttpStatusCode> HeadAsync(World world, Row row, Who who, Call call)
    {
        using var response = await world
            .As(who, row.Scope)
            .SendAsync((call with { Method = HttpMethod.Head }).To(world.Owner.Org), ApiApplication.Cancel);
        return response.StatusCode;
    }

    private static HttpStatusCode Expected(Row row, Who who) =>
        who switch
        {
            Who.Anonymous or Who.ExpiredSession or Who.SignedOutSession => HttpStatusCode.Unauthorized,
            Who.Stranger or Who.RemovedMember or Who.KeyOfAnotherOrganisation => HttpStatusCode.NotFound,
            Who.KeyWithoutTheScope => HttpStatusCode.Forbidden,
            Who.KeyWithEveryScope => Granted(row, row.Scope is not null),
            Who.KeyOfOneWhoIsViewerNow => Granted(row, row.Scope is not null && row.Least == Role.Viewer),
            _ => Granted(row, Enum.Parse<Role>(who.ToString()) >= row.Least),
        };

    private static HttpStatusCode Granted(Row row, bool granted) => granted ? row.Success : HttpStatusCode.Forbidden;

    /// <summary>Cases in which a member of another organisation gets a different response for this organisation's ids than for ids that
    /// do not exist.</summary>
    public static async Task<List<string>> DifferencesAsync(World world, IEnumerable<Row> rows)
    {
        var differences = new List<string>();
        foreach (var row in rows)
        {
            var call = await row.Make(world);
            // A request without ids contains nothing of another organisation.
            if (!Ids().IsMatch($"{call.Path} {JsonSerializer.Serialize(call.Body)}"))
                continue;
            var before = await world.AuditCountAsync();
            var (foreign, unknown) = (await AskAsync(world, call, text => text), await AskAsync(world, call, Unknown));
            if (foreign != unknown)
                differences.Add($"{row.Name}: {foreign} but {unknown}");
            if (await world.AuditCountAsync() != before)
                differences.Add($"{row.Name} changed the other organisation");
        }
        return differences;
    }

    private static async Task<(int Status, string Body)> AskAsync(World world, Call call, Func<string, string> change)
    {
        using var response = await world.Stranger.Http.SendAsync(call.To(world.Stranger.Org, change), ApiApplication.Cancel);
        var body = await response.Content.ReadAsStringAsync(ApiApplication.Cancel);
        return ((int)response.StatusCode, Ids().Replace(RequestId().Replace(body, ""), "id"));
    }

    private static string Unknown(string text) => Ids().Replace(text, _ => Planted.NewId().ToString());

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    [GeneratedRegex("\"requestId\":\"[^\"]*\"")]
    private static partial Regex RequestId();
}
