using System.Net;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;

namespace GpuGeek.Api.Tests.Http;

/// <summary>The database may refuse a statement at the very moment in which its connection begins to keep the statement's plan.</summary>
public sealed class AStatementThatFailed(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Breaks_no_later_request(int before)
    {
        // Its connections are new, so the count of uses begins here.
        await using var app = new ApiApplication(shared.Postgres);
        var (session, project) = await app.RegisterWithProjectAsync();
        Task<HttpResponseMessage> CreateAsync(string name) =>
            session.Http.PostAsJsonAsync(session.At("datasets"), new { project = project.Slug, name }, Cancel);
        for (var i = 0; i < before; i++)
            Assert.Equal(HttpStatusCode.Created, (await CreateAsync($"before {i}")).StatusCode);
        Assert.Equal("invalid_text", await (await CreateAsync("a\0b")).CodeAsync(HttpStatusCode.UnprocessableEntity));
        for (var i = 0; i < 8; i++)
            Assert.Equal(HttpStatusCode.Created, (await CreateAsync($"after {i}")).StatusCode);
    }
}
