using GpuGeek.Api.Http.Auth;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Tenants;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Api.Tests.Walls;

public sealed class EveryRoute(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private static readonly string[] ForEverybody =
    [
        "/api/v1/account/forgot-password",
        "/api/v1/account/register",
        "/api/v1/account/reset-password",
        "/api/v1/account/sign-in",
        "/api/v1/account/sign-in-link",
        "/api/v1/account/sign-in-passkey",
        "/api/v1/account/sign-in-passkey/begin",
        "/api/v1/archives/{token}",
        "/api/v1/installation",
        "/api/v1/invitations/look",
        "/api/v1/objects/{token}",
        "/api/v1/shared/look",
        "/healthz",
        "/readyz",
        "/swagger/{documentName}/swagger.{extension}",
    ];

    private static IEnumerable<RouteEndpoint> Routes(IServiceProvider services) =>
        services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static string Path(RouteEndpoint route) => "/" + route.RoutePattern.RawText!.Trim('/');

    /// <summary>Routes of an organisation that declare no role and scope, or that are outside the organisation's route group.</summary>
    private static IEnumerable<string> Open(IEnumerable<RouteEndpoint> routes) =>
        routes
            .Where(r => Path(r).StartsWith("/api/v1/orgs/", StringComparison.Ordinal))
            .Where(r =>
                r.Metadata.GetMetadata<Needs>() is null
                || !r.Metadata.GetOrderedMetadata<IAuthorizeData>().Any(a => a.Policy == OrgAuthorization.Policy)
                || r.RoutePattern.GetParameter(OrgAuthorization.Parameter) is null
            )
            .Select(Path);

    private static IEnumerable<string> Anonymous(IEnumerable<RouteEndpoint> routes) =>
        routes.Where(r => r.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(Path).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Routes that write but can be called with a read scope or by a viewer.</summary>
    private static IEnumerable<string> WrittenByReaders(IEnumerable<RouteEndpoint> routes) =>
        routes
            .Where(r =>
                r.Metadata.GetMetadata<Needs>() is { } needs
                && r.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Any(m => m is not ("GET" or "OPTIONS"))
                && (needs.Role < Role.Editor || needs.Scope?.EndsWith(":read", StringComparison.Ordinal) == true)
                && r.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName
                    is not (
                        "Predict"
                        or "RemoveMember"
                        or "CreateRunComment"
                        or "CreateVersionComment"
                        or "CreateModelComment"
                        or "UpdateComment"
                        or "DeleteComment"
                        or "ReadMentions"
                        or "PreviewAugmentation"
                        or "ResolveRecipe"
                    )
            )
            .Select(Path);

    private static async Task<List<RouteEndpoint>> PlantedAsync(Action<IEndpointRouteBuilder> map)
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        map(app);
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()];
    }

    [Fact]
    public void Of_an_organisation_says_which_role_and_scope_it_needs()
    {
        Assert.True(Routes(shared.App.Services).Count() > 40);
        Assert.Empty(Open(Routes(shared.App.Services)));
    }

    [Fact]
    public void That_anybody_may_call_is_on_the_list() =>
        Assert.Equal(ForEverybody.Order(StringComparer.Ordinal), Anonymous(Routes(shared.App.Services)));

    [Fact]
    public void That_writes_is_closed_to_readers() => Assert.Empty(WrittenByReaders(Routes(shared.App.Services)));

    [Fact]
    public async Task Planted_with_a_fault_is_seen()
    {
        var routes = await PlantedAsync(app =>
        {
            app.MapOrg("/forgotten").MapGet("", () => 1);
            app.MapGet("/api/v1/orgs/{org}/unguarded", () => 1).Needs(Role.Viewer, "runs:read");
            app.MapOrg("/writes").MapPost("", () => 1).Needs(Role.Viewer, "runs:read");
            app.MapOrg("/right").MapGet("", () => 1).Needs(Role.Viewer, "runs:read");
            app.MapGet("/open", () => 1).AllowAnonymous();
        });
        Assert.Equal(["/api/v1/orgs/{org}/forgotten", "/api/v1/orgs/{org}/unguarded"], Open(routes));
        Assert.Equal(["/open"], Anonymous(routes));
        Assert.Equal(["/api/v1/orgs/{org}/writes"], WrittenByReaders(routes));
    }

    [Fact]
    public async Task Without_a_token_answers_401_unless_it_is_on_the_list()
    {
        var http = shared.App.HttpWith(null);
        foreach (
            var route in Routes(shared.App.Services)
                .Where(r => !ForEverybody.Contains(Path(r)) && !Path(r).StartsWith("/hubs", StringComparison.Ordinal))
        )
        {
            var address = System.Text.RegularExpressions.Regex.Replace(
                Path(route),
                @"\{\**(\w+)(:\w+)?\}",
                m =>
                    m.Groups[2].Value switch
                    {
                        ":guid" => Guid.Empty.ToString(),
                        ":int" => "1",
                        _ => "x",
                    }
            );
            // The dashboard's route takes every method.
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                using var request = new HttpRequestMessage(new(method), address);
                var response = await http.SendAsync(request, ApiApplication.Cancel);
                Assert.Equal((method, address, 401), (method, address, (int)response.StatusCode));
            }
        }
    }
}
