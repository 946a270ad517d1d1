using GpuGeek.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>Tests the matrix itself: each hole is planted alone, and exactly these cells must be reported.</summary>
public sealed class TheRouteMatrixNotices(PostgresFixture postgres)
{
    // The route with the hole, and others around it that must stay clean.
    private static readonly string[] Around =
    [
        "GetRun",
        "ListRuns",
        "CancelRun",
        "UpdateDeployment",
        "GetDeployment",
        "CreateKey",
        "DeleteDataset",
        "GetVersion",
    ];

    private static Task<List<string>> CellsAsync(World world) =>
        RouteMatrix.DeviationsAsync(world, Rows.All.Where(r => Around.Contains(r.Name)));

    private async Task<List<string>> WithAsync(Action<IServiceCollection> hole)
    {
        await using var app = new ApiApplication(postgres, change: hole);
        return [.. (await CellsAsync(await World.CreateAsync(app))).Select(d => d[..d.IndexOf(':', StringComparison.Ordinal)]).Distinct()];
    }

    [Fact]
    public async Task A_skipped_role_check() =>
        Assert.Equal(
            ["UpdateDeployment as Viewer", "UpdateDeployment as KeyOfOneWhoIsViewerNow"],
            await WithAsync(Holes.SkippedRole("UpdateDeployment"))
        );

    [Fact]
    public async Task A_skipped_role_check_of_an_owners_route() =>
        Assert.Equal(
            ["DeleteDataset as Viewer", "DeleteDataset as Editor", "DeleteDataset as Admin"],
            await WithAsync(Holes.SkippedRole("DeleteDataset"))
        );

    [Fact]
    public async Task A_skipped_scope() => Assert.Equal(["GetRun as KeyWithoutTheScope"], await WithAsync(Holes.SkippedScope("GetRun")));

    [Fact]
    public async Task A_key_that_makes_keys() =>
        Assert.Equal(
            ["CreateKey as KeyWithEveryScope", "CreateKey as KeyWithoutTheScope", "CreateKey as KeyOfOneWhoIsViewerNow"],
            await WithAsync(Holes.SkippedScope("CreateKey"))
        );

    [Fact]
    public async Task A_skipped_membership() =>
        Assert.Equal(
            ["GetVersion as Stranger", "GetVersion as RemovedMember", "GetVersion as KeyOfAnotherOrganisation"],
            await WithAsync(Holes.SkippedMembership("GetVersion"))
        );

    [Fact]
    public async Task A_forgotten_authorization() =>
        Assert.Equal(
            ["ListRuns as Anonymous", "ListRuns as ExpiredSession", "ListRuns as SignedOutSession"],
            await WithAsync(Holes.ForgottenAuthorization("ListRuns"))
        );

    [Theory]
    [InlineData("GetRun")]
    [InlineData("CancelRun")]
    [InlineData("CreateRun")]
    [InlineData("DeleteImage")]
    public async Task A_route_that_takes_anothers_id(string route)
    {
        World? victim = null;
        await using var app = new ApiApplication(postgres, change: Holes.AnotherContext(route, () => victim));
        victim = await World.CreateAsync(app);
        var seen = await RouteMatrix.DifferencesAsync(victim, Rows.All);
        Assert.Equal([route], seen.Select(d => d.Split(':', ' ')[0]).Distinct());
    }
}
