using System.Net;
using System.Reflection;
using GpuGeek.Api.Features.Live;
using GpuGeek.Api.Tests.Live;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>Every method of the hub with every kind of caller.</summary>
public sealed class TheHubMatrix(PostgresFixture postgres)
{
    /// <param name="Scope">Of a key; null: it only ends what the connection itself began.</param>
    private sealed record HubRow(string Method, string? Scope, Func<World, string, object?[]> Arguments);

    private static readonly HubRow[] Methods =
    [
        new("WatchRun", Scopes.RunsRead, (w, org) => [org, w.Run, 0L]),
        new("WatchDataset", Scopes.DatasetsRead, (w, org) => [org, w.Dataset]),
        new("UnwatchRun", null, (w, _) => [w.Run]),
        new("UnwatchDataset", null, (w, _) => [w.Dataset]),
    ];

    [Fact]
    public void Has_a_row_for_every_method() =>
        Assert.Equal(
            typeof(RunHub)
                .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(m => m.GetBaseDefinition() == m)
                .Select(m => m.Name)
                .Order(StringComparer.Ordinal),
            Methods.Select(m => m.Method).Order(StringComparer.Ordinal)
        );

    [Fact]
    public async Task Lets_each_call_what_its_table_says()
    {
        await using var app = new ApiApplication(postgres);
        var world = await World.CreateAsync(app);
        var deviations = new List<string>();
        foreach (var row in Methods)
        foreach (var who in Enum.GetValues<Who>())
            if (await CallAsync(world, row, who, world.Owner.Org) is var answer && answer != Expected(row, who))
                deviations.Add($"{row.Method} as {who}: {answer} instead of {Expected(row, who)}");
        Assert.Empty(deviations);
    }

    [Fact]
    public async Task Answers_for_anothers_ids_as_for_ids_that_nobody_has()
    {
        await using var app = new ApiApplication(postgres);
        Assert.Empty(await ForeignAsync(await World.CreateAsync(app)));
    }

    [Fact]
    public async Task Notices_a_foreign_run_that_can_be_watched()
    {
        World? victim = null;
        await using var app = new ApiApplication(
            postgres,
            change: services =>
            {
                var real = services.Single(d => d.ServiceType == typeof(IDbContexts));
                services.Replace(
                    ServiceDescriptor.Singleton<IDbContexts>(provider => new Confused(
                        (IDbContexts)ActivatorUtilities.CreateInstance(provider, real.ImplementationType!),
                        () => victim
                    ))
                );
            }
        );
        var world = await World.CreateAsync(app);
        victim = world;
        Assert.Equal(["WatchRun", "WatchDataset"], await ForeignAsync(world));
    }

    private static async Task<List<string>> ForeignAsync(World world)
    {
        var seen = new List<string>();
        foreach (var row in Methods.Where(m => m.Scope is not null))
        {
            var foreign = await CallAsync(world, row, Who.Stranger, world.Stranger.Org);
            if (
                foreign
                != await CallAsync(
                    world,
                    row with
                    {
                        Arguments = (w, org) => [.. row.Arguments(w, org).Select(a => a is Guid ? Planted.NewId() : a)],
                    },
                    Who.Stranger,
                    world.Stranger.Org
                )
            )
                seen.Add(row.Method);
        }
        return seen;
    }

    private static async Task<string> CallAsync(World world, HubRow row, Who who, string org)
    {
        try
        {
            await using var watcher = await Watcher.ConnectAsync(
                world.App,
                world.As(who, row.Scope).DefaultRequestHeaders.Authorization?.Parameter
            );
            await watcher.CallAsync(row.Method, row.Arguments(world, org));
            return "granted";
        }
        catch (HubException refused)
        {
            return refused.Message.Contains("not_found", StringComparison.Ordinal) ? "not_found"
                : refused.Message.Contains("scope_missing", StringComparison.Ordinal) ? "scope_missing"
                : refused.Message;
        }
        catch (HttpRequestException refused) when (refused.StatusCode == HttpStatusCode.Unauthorized)
        {
            return "not_signed_in";
        }
    }

    private static string Expected(HubRow row, Who who) =>
        who switch
        {
            Who.Anonymous or Who.ExpiredSession or Who.SignedOutSession => "not_signed_in",
            _ when row.Scope is null => "granted",
            Who.Stranger or Who.RemovedMember or Who.KeyOfAnotherOrganisation => "not_found",
            Who.KeyWithoutTheScope => "scope_missing",
            _ => "granted",
        };

    /// <summary>Returns the victim's context for any organisation.</summary>
    private sealed class Confused(IDbContexts real, Func<World?> victim) : IDbContexts
    {
        public GpuGeekDbContext ForOrg(Guid org, Guid? user = null) => real.ForOrg(victim()?.OrgId ?? org, user);

        public GpuGeekDbContext ForUser(Guid user) => real.ForUser(user);

        public GpuGeekDbContext ForNobody() => real.ForNobody();

        public GpuGeekDbContext System() => real.System();

        public NpgsqlBatch BatchForOrg(Guid org, Guid user) => real.BatchForOrg(org, user);

        public NpgsqlCommand CommandForNobody(string sql) => real.CommandForNobody(sql);

        public ValueTask<NpgsqlConnection> OpenForOrgAsync(Guid org, CancellationToken cancellationToken) =>
            real.OpenForOrgAsync(org, cancellationToken);

        public ValueTask<NpgsqlConnection> OpenSystemAsync(CancellationToken cancellationToken) => real.OpenSystemAsync(cancellationToken);
    }
}
