using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Api.Tests.Walls.Matrix;

namespace GpuGeek.Api.Tests.Http;

/// <summary><c>ETag</c>, <c>If-Match</c> and <c>If-None-Match</c>.</summary>
public sealed class TheVersionOfAThing(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static async Task<HttpResponseMessage> SendAsync(
        TenantSession session,
        HttpMethod method,
        string path,
        object? body = null,
        string? ifMatch = null,
        string? ifNoneMatch = null
    )
    {
        using var request = new HttpRequestMessage(method, session.At(path).TrimEnd('/'))
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await session.Http.SendAsync(request, Cancel);
    }

    private static async Task<EntityTagHeaderValue> TagAsync(TenantSession session, string path)
    {
        using var response = await SendAsync(session, HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotNull(response.Headers.ETag);
        Assert.False(response.Headers.ETag.IsWeak);
        return response.Headers.ETag;
    }

    /// <summary>Every GET in the matrix of one object: a client with the current tag gets 304.</summary>
    [Fact]
    public async Task Is_on_every_get_of_one_thing()
    {
        var world = await World.CreateAsync(_app);
        var seen = 0;
        foreach (
            var row in Rows.All.Where(r =>
                r.Name.StartsWith("Get", StringComparison.Ordinal) && r.Success == HttpStatusCode.OK && r.Name != "GetManifest"
            )
        )
        {
            var path = (await row.Make(world)).Path;
            var tag = await TagAsync(world.Owner, path);
            using var again = await SendAsync(world.Owner, HttpMethod.Get, path, ifNoneMatch: $"\"other\", W/{tag}");
            Assert.Equal(
                (row.Name, HttpStatusCode.NotModified, tag, 0),
                (row.Name, again.StatusCode, again.Headers.ETag, (await again.Content.ReadAsByteArrayAsync(Cancel)).Length)
            );
            using var other = await SendAsync(world.Owner, HttpMethod.Get, path, ifNoneMatch: "\"other\"");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
            seen++;
        }
        Assert.InRange(seen, 12, 100);
    }

    /// <summary>Every change of a thing that has one, as the matrix makes it: a stale tag refuses it, the present one lets it through, and
    /// the answer has the next.</summary>
    [Fact]
    public async Task Is_obeyed_by_every_change_of_one_thing()
    {
        var world = await World.CreateAsync(_app);
        var seen = 0;
        foreach (var row in Rows.All.Where(r => r.Name is not "UploadArchive"))
        {
            var call = await row.Make(world);
            if (call.Method == HttpMethod.Get || call.Method == HttpMethod.Post)
                continue;
            using var present = await SendAsync(world.Owner, HttpMethod.Get, call.Path);
            if (present.StatusCode != HttpStatusCode.OK)
                continue;
            var tag = present.Headers.ETag!.ToString();
            using var stale = await SendAsync(world.Owner, call.Method, call.Path, call.Body, ifMatch: "\"stale\"");
            Assert.Equal("precondition_failed", await stale.CodeAsync(HttpStatusCode.PreconditionFailed));
            using var weak = await SendAsync(world.Owner, call.Method, call.Path, call.Body, ifMatch: "W/" + tag);
            Assert.Equal("precondition_failed", await weak.CodeAsync(HttpStatusCode.PreconditionFailed));
            Assert.Equal(tag, (await TagAsync(world.Owner, call.Path)).ToString());
            using var good = await SendAsync(world.Owner, call.Method, call.Path, call.Body, ifMatch: tag);
            Assert.Equal((row.Name, row.Success), (row.Name, good.StatusCode));
            if (call.Method != HttpMethod.Delete)
                Assert.Equal(await TagAsync(world.Owner, call.Path), good.Headers.ETag);
            if (row.Undo is not null)
                await row.Undo(world);
            seen++;
        }
        Assert.InRange(seen, 9, 100);
    }

    [Fact]
    public async Task Lets_one_of_twenty_changes_through_that_started_from_it()
    {
        var (session, project) = await _app.RegisterWithProjectAsync();
        var path = $"projects/{project.Slug}";
        var tag = (await TagAsync(session, path)).ToString();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => SendAsync(session, HttpMethod.Patch, path, new { name = $"Name {i}" }, ifMatch: tag))
        );
        var won = Assert.Single(answers, a => a.StatusCode == HttpStatusCode.OK);
        foreach (var lost in answers.Where(a => a != won))
            Assert.Equal("precondition_failed", await lost.CodeAsync(HttpStatusCode.PreconditionFailed));
        Assert.Equal(won.Headers.ETag, await TagAsync(session, path));
    }

    [Fact]
    public async Task Is_any_for_a_star_and_malformed_without_quotes()
    {
        var (session, project) = await _app.RegisterWithProjectAsync();
        var path = $"projects/{project.Slug}";
        using var any = await SendAsync(session, HttpMethod.Patch, path, new { name = "One" }, ifMatch: "*");
        Assert.Equal(HttpStatusCode.OK, any.StatusCode);
        using var bare = await SendAsync(session, HttpMethod.Patch, path, new { name = "Two" }, ifMatch: "abc");
        Assert.Equal("malformed_request", await bare.CodeAsync(HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task Of_what_is_gone_does_not_make_a_second_deletion_fail()
    {
        var (session, project) = await _app.RegisterWithProjectAsync();
        var path = $"projects/{project.Slug}";
        var tag = (await TagAsync(session, path)).ToString();
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(session, HttpMethod.Delete, path, ifMatch: tag)).StatusCode);
        Assert.Equal(
            "not_found",
            await (await SendAsync(session, HttpMethod.Patch, path, new { name = "One" }, ifMatch: tag)).CodeAsync(HttpStatusCode.NotFound)
        );
    }
}
