using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>Every route of an organisation with every kind of caller.</summary>
public sealed class TheRouteMatrix(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private IEnumerable<RouteEndpoint> Routes =>
        shared
            .App.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<Needs>() is not null);

    private static string Name(RouteEndpoint route) => route.Metadata.GetRequiredMetadata<IEndpointNameMetadata>().EndpointName;

    [Fact]
    public void Has_a_row_for_every_route_with_the_role_and_scope_that_it_declares() =>
        Assert.Equal(
            Routes
                .Select(r => (Name(r), r.Metadata.GetRequiredMetadata<Needs>().Role, r.Metadata.GetRequiredMetadata<Needs>().Scope))
                .OrderBy(r => r.Item1, StringComparer.Ordinal),
            Rows.All.Select(r => (r.Name, r.Declares ?? r.Least, r.Scope)).OrderBy(r => r.Name, StringComparer.Ordinal)
        );

    [Fact]
    public async Task Answers_each_as_its_table_says_and_writes_down_each_change_once() =>
        Assert.Empty(await RouteMatrix.DeviationsAsync(await World.CreateAsync(shared.App), Rows.All));

    /// <summary>A member of another organisation who knows ids of this one and requests them in their own organisation.</summary>
    [Fact]
    public async Task Answers_for_anothers_ids_as_for_ids_that_nobody_has() =>
        Assert.Empty(await RouteMatrix.DifferencesAsync(await World.CreateAsync(shared.App), Rows.All));
}
