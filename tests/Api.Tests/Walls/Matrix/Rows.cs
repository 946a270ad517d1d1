using System.Net;
using System.Net.Http.Json;
using System.Text;
using GpuGeek.Domain.Tenants;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>A request within the organisation, as the route's own client would send it.</summary>
internal sealed record Call(
    HttpMethod Method,
    string Path,
    object? Body = null,
    byte[]? Bytes = null,
    IReadOnlyDictionary<string, string>? Headers = null
)
{
    public HttpRequestMessage To(string org, Func<string, string>? change = null)
    {
        var path = $"/api/v1/orgs/{org}{(Path.Length == 0 ? "" : "/" + Path)}";
        HttpContent? body =
            Bytes is { } bytes ? new ByteArrayContent(bytes)
            : Body is null ? null
            : JsonContent.Create(Body);
        if (change is not null && Body is not null)
            body = new StringContent(change(body!.ReadAsStringAsync().GetAwaiter().GetResult()), Encoding.UTF8, "application/json");
        var request = new HttpRequestMessage(Method, change?.Invoke(path) ?? path) { Content = body };
        foreach (var (name, value) in Headers ?? new Dictionary<string, string>())
            if (!request.Headers.TryAddWithoutValidation(name, value))
                body!.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}

/// <summary>One route of the matrix.</summary>
/// <param name="Name">The endpoint's.</param>
/// <param name="Least">The lowest allowed role.</param>
/// <param name="Scope">Scope of a key; null: keys are refused.</param>
/// <param name="Make">A request that succeeds once, created again for each cell.</param>
/// <param name="Success">Its expected response.</param>
/// <param name="Undo">Makes the next cell possible after a success.</param>
/// <param name="Declares">The role the route declares, where its handler asks for more.</param>
internal sealed record Row(
    string Name,
    Role Least,
    string? Scope,
    Func<World, Task<Call>> Make,
    HttpStatusCode Success = HttpStatusCode.OK,
    bool Audited = false,
    Role? Declares = null,
    Func<World, Task>? Undo = null
);

/// <summary>Every route of an organisation: a missing route fails the test.</summary>
internal static partial class Rows
{
    private const string Shared = "projects/flowers/share-links";
    private static readonly byte[] Zip = [0x50, 0x4B, 3, 4, 0];

    public static Row[] All { get; } = [.. Tenants, .. Datasets, .. Runs];

    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Row Get(string name, string? scope, Func<World, string> path, HttpStatusCode success = HttpStatusCode.OK) =>
        new(name, Role.Viewer, scope, w => Task.FromResult<Call>(new(HttpMethod.Get, path(w))), success);

    private static Row Write(
        string name,
        Role least,
        string? scope,
        Func<World, Task<Call>> make,
        HttpStatusCode success = HttpStatusCode.OK
    ) => new(name, least, scope, make, success, Audited: true);
}
