using System.Net;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Walls;

/// <summary>HEAD for the organisation's routes, with every caller of the matrix. It was 404 or 405 everywhere.</summary>
public sealed class HeadAnswersAsGetWould(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task On_every_route_outside_an_organisation()
    {
        var person = await shared.App.RegisterAsync();
        var differences = new List<string>();
        foreach (var path in Paths())
        foreach (var (who, http) in ((string, HttpClient)[])[("nobody", shared.App.HttpWith(null)), ("somebody", person.Http)])
        {
            using var get = await http.GetAsync(path, Cancel);
            using var head = await HeadAsync(http, path);
            if (get.StatusCode != head.StatusCode)
                differences.Add($"{path} as {who}: {(int)head.StatusCode}, but GET {(int)get.StatusCode}");
            if (get.Content.Headers.ContentType?.ToString() != head.Content.Headers.ContentType?.ToString())
                differences.Add($"{path} as {who}: another type");
        }
        Assert.Empty(differences);
    }

    [Fact]
    public async Task With_the_tag_and_the_length_of_one_thing()
    {
        var owner = await shared.App.RegisterAsync();
        var path = $"/api/v1/orgs/{owner.Org}";
        using var get = await owner.Http.GetAsync(path, Cancel);
        using var head = await HeadAsync(owner.Http, path);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    /// <summary>Its status would not change, so the matrix would not notice that it waits.</summary>
    [Fact]
    public async Task Without_waiting_for_news()
    {
        var (owner, dataset, _) = await shared.App.RegisterWithVersionAsync();
        var import = await owner.Client.CreateImportAsync(owner.Org, dataset.Id, new() { Sample = "shapes" }, Cancel);
        var path = $"/api/v1/orgs/{owner.Org}/datasets/{dataset.Id}/imports/{import.Id}?wait=60";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(50));
        using var response = await owner.Http.SendAsync(new(HttpMethod.Head, path), patience.Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task But_opens_no_live_connection()
    {
        var owner = await shared.App.RegisterAsync();
        using var stranger = await HeadAsync(shared.App.HttpWith(null), "/hubs/live");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        using var response = await HeadAsync(owner.Http, "/hubs/live");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    private static Task<HttpResponseMessage> HeadAsync(HttpClient http, string path) => http.SendAsync(new(HttpMethod.Head, path), Cancel);

    private IEnumerable<string> Paths()
    {
        var routes = shared.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        var found = routes
            .Where(r =>
                r.Metadata.GetMetadata<Needs>() is null
                && r.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true
            )
            .Select(r => "/" + string.Join('/', r.RoutePattern.PathSegments.Select(s => string.Concat(s.Parts.Select(Text)))))
            .ToList();
        Assert.True(found.Count > 10, $"Only {string.Join(' ', found)}");
        return found.Append("/swagger/index.html").Append("/no/such/address");
    }

    private static string Text(RoutePatternPart part) =>
        part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart { Name: "documentName" } => "v1",
            RoutePatternParameterPart { Name: "extension" } => "json",
            _ => "0190b6c0-0000-7000-8000-000000000000",
        };
}
