using GpuGeek.Api.Http.Auth;
using GpuGeek.Contracts.Common;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Features.Live;

/// <summary>Live updates of runs and datasets. Membership is checked at each call; an object of another organisation is reported as not
/// found.</summary>
internal sealed class RunHub(Watchers watchers, MembershipLookup memberships, IDbContexts contexts) : Hub
{
    private const string NotFound = "not_found: it does not exist, or you do not have access to it.";

    public async Task WatchRun(string org, Guid run, long afterSeq)
    {
        var id = await ResolveAsync(org, Scopes.RunsRead);
        await using var db = contexts.ForOrg(id);
        if (!await db.Runs.AnyAsync(r => r.Id == run, Context.ConnectionAborted))
            throw new HubException(NotFound);
        Add(new(Context, Clients.Caller, id, org, run, isRun: true, Math.Max(0, afterSeq)));
    }

    public async Task WatchDataset(string org, Guid dataset)
    {
        var id = await ResolveAsync(org, Scopes.DatasetsRead);
        await using var db = contexts.ForOrg(id);
        if (!await db.Datasets.AnyAsync(d => d.Id == dataset, Context.ConnectionAborted))
            throw new HubException(NotFound);
        Add(new(Context, Clients.Caller, id, org, dataset, isRun: false, 0));
    }

    public Task UnwatchRun(Guid run) => UnwatchAsync(run);

    public Task UnwatchDataset(Guid dataset) => UnwatchAsync(dataset);

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        watchers.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }

    private Task UnwatchAsync(Guid subject)
    {
        watchers.Remove(Context.ConnectionId, subject);
        return Task.CompletedTask;
    }

    private void Add(Watch watch)
    {
        if (!watchers.Add(watch))
            throw new HubException("too_many_watches: a connection can watch at most 20 runs and datasets.");
    }

    private async Task<Guid> ResolveAsync(string org, string scope)
    {
        var caller = Caller.From(Context.User!) ?? throw new HubException("not_signed_in: the request has no token.");
        if (await memberships.FindAsync(org, caller, Context.ConnectionAborted) is not { } id)
            throw new HubException(NotFound);
        if (caller.IsKey && !caller.Scopes.Contains(scope))
            throw new HubException($"scope_missing: the key lacks the scope '{scope}'.");
        return id;
    }
}
