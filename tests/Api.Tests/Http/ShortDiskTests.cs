using System.Net;
using System.Text.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Runs;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Http;

/// <summary>Before, there was no reserve: all free space was promised to the next upload, and a run was never refused.</summary>
public sealed class AServerWithoutDiskSpace(PostgresFixture postgres)
{
    // More than any disk has: the reserve is reached.
    private static readonly Dictionary<string, string> Settings = new() { ["GPUGEEK_RESERVE_BYTES"] = "4000000000000000000" };

    [Fact]
    public async Task Says_so_to_members_and_in_readyz_and_refuses_what_would_need_space()
    {
        await using var before = new ApiApplication(postgres);
        var (session, _, version) = await before.RegisterWithVersionAsync();
        await using var app = new ApiApplication(postgres, settings: Settings);
        var client = new GpuGeekClient(app.HttpWith(session.Token), session.Token);
        Assert.True((await client.GetMeAsync(ApiApplication.Cancel)).DiskIsShort);

        using var answer = await app.CreateClient().GetAsync(new Uri("/readyz", UriKind.Relative), ApiApplication.Cancel);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ApiApplication.Cancel)).RootElement;
        Assert.StartsWith("disk space is low", body.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);

        var request = new CreateRunRequest
        {
            Project = Planted.Project,
            DatasetVersion = version.Id,
            Recipe = new() { Preset = "balanced" },
        };
        var refused = await Assert.ThrowsAsync<ApiException>(() => client.CreateRunAsync(session.Org, request, ApiApplication.Cancel));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "disk_full"), (refused.Status, refused.Problem.Code));
    }

    [Fact]
    public async Task With_space_says_nothing()
    {
        await using var app = new ApiApplication(postgres, settings: new Dictionary<string, string> { ["GPUGEEK_RESERVE_BYTES"] = "0" });
        var session = await app.RegisterAsync();
        Assert.False((await session.Client.GetMeAsync(ApiApplication.Cancel)).DiskIsShort);
        using var answer = await app.CreateClient().GetAsync(new Uri("/readyz", UriKind.Relative), ApiApplication.Cancel);
        Assert.DoesNotContain("disk", await answer.Content.ReadAsStringAsync(ApiApplication.Cancel), StringComparison.Ordinal);
    }
}
