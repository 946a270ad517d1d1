using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Walls.Matrix;

/// <summary>Kinds of callers: the columns of the matrix.</summary>
internal enum Who
{
    Anonymous,
    ExpiredSession,
    SignedOutSession,
    Stranger,
    RemovedMember,
    KeyOfAnotherOrganisation,
    Viewer,
    Editor,
    Admin,
    Owner,
    KeyWithEveryScope,
    KeyWithoutTheScope,
    KeyOfOneWhoIsViewerNow,
}

/// <summary>An organisation with one of everything, people of every role, and outsiders.</summary>
internal sealed class World
{
    /// <summary>A public address, so that no name is resolved; nothing is sent there, because no worker runs.</summary>
    public const string Hook = "https://8.8.8.8/hook";
    private readonly Dictionary<Who, HttpClient> _clients = [];
    private readonly Dictionary<string, HttpClient> _keysWithout = [];
    private int _count;

    private World(TenantSession owner) => Owner = owner;

    public ApiApplication App => Owner.App;
    public TenantSession Owner { get; }
    public TenantSession Stranger { get; private set; } = null!;
    public Guid OrgId { get; private set; }
    public Guid Dataset { get; private set; }
    public Guid Version { get; private set; }
    public Guid Image { get; private set; }
    public Guid Import { get; private set; }
    public Guid Evaluation { get; private set; }
    public Guid Run { get; private set; }
    public string Recipe { get; private set; } = "";
    public Guid Webhook { get; private set; }
    public Guid Delivery { get; private set; }
    public Guid Comment { get; private set; }
    public Guid Weights { get; private set; }
    public Guid Member { get; private set; }
    public ModelVersion Model { get; private set; } = null!;

    private static CancellationToken Cancel => ApiApplication.Cancel;

    public static async Task<World> CreateAsync(ApiApplication app)
    {
        var (owner, dataset, version) = await app.RegisterWithVersionAsync();
        var world = new World(owner)
        {
            Dataset = dataset.Id,
            Version = version.Id,
            OrgId = await owner.OrgIdAsync(),
        };
        await owner.PlanAsync("monthly");
        world.Image = (await world.AddImageAsync()).Id;
        world.Import = (await owner.Client.CreateImportAsync(owner.Org, dataset.Id, new() { Sample = "shapes" }, Cancel)).Id;
        world.Model = await owner.AddModelVersionAsync(version.Id, [new(new('b', 64), 0, 0, [0.9f, 0.1f])]);
        world.Evaluation = await world.AddEvaluationAsync("");
        world.Run = (await owner.StartRunAsync(version.Id)).Id;
        await world.AddDeploymentAsync("flowers");
        world.Webhook = await world.AddWebhookAsync();
        world.Delivery = (await owner.Client.TestWebhookAsync(owner.Org, world.Webhook, Cancel)).Id;
        world.Comment = await world.AddCommentAsync();
        world.Weights = await world.AddWeightsAsync();
        world.Recipe = await world.AddRecipeAsync();
        await world.AddPeopleAsync();
        return world;
    }

    public HttpClient As(Who who, string? scope) =>
        who == Who.KeyWithoutTheScope && scope is not null ? _keysWithout[scope] : _clients[who];

    public string Name(string prefix) => $"{prefix}-{Interlocked.Increment(ref _count)}";

    public async Task<Domain.Datasets.DatasetImage> AddImageAsync(string label = "daisy") =>
        (await Owner.AddImagesAsync(Dataset, label, 1, first: 100 + Interlocked.Increment(ref _count))).Single();

    public async Task<string> AddDeploymentAsync(string? name = null)
    {
        name ??= Name("shop");
        await using var db = App.SystemDatabase();
        db.Deployments.Add(
            new()
            {
                OrgId = OrgId,
                Id = Planted.NewId(),
                ProjectId = await db
                    .Projects.IgnoreTenantFilter()
                    .Where(p => p.OrgId == OrgId && p.Slug == Planted.Project)
                    .Select(p => p.Id)
                    .SingleAsync(Cancel),
                Name = name,
                ModelVersionId = Model.Id,
                State = DeploymentState.Failed,
                CreatedAt = Planted.Now,
                UpdatedAt = Planted.Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        return name;
    }

    /// <summary>A project that was deleted and can be restored.</summary>
    public async Task<Guid> AddDeletionAsync()
    {
        var project = await Owner.Client.CreateProjectAsync(Owner.Org, new() { Name = Name("gone") }, Cancel);
        await Owner.Client.DeleteProjectAsync(Owner.Org, project.Slug, Cancel);
        return (await Owner.Client.ListDeletionsAsync(Owner.Org, Cancel)).Items.Single(d => d.TargetId == project.Id).Id;
    }

    public async Task<Guid> AddWebhookAsync() =>
        (await Owner.Client.CreateWebhookAsync(Owner.Org, new() { Url = Hook, Events = ["run.failed"] }, Cancel)).Id;

    /// <summary>Five bytes are awaited.</summary>
    public async Task<Guid> AddWeightsAsync() =>
        (
            await Owner.Client.CreateWeightsAsync(
                Owner.Org,
                new()
                {
                    Project = Planted.Project,
                    Name = "resnet18.pth",
                    Size = 5,
                },
                Cancel
            )
        ).Id;

    public async Task<Guid> AddFailedRunAsync()
    {
        var run = await Owner.StartRunAsync(Version);
        await Owner.DieTooOftenAsync(run.Id);
        return run.Id;
    }

    /// <summary>The plan takes only so many runs at once.</summary>
    public async Task CancelQueuedRunsAsync()
    {
        var runs = await Owner.Client.ListRunsAsync(Owner.Org, "flowers", ct: Cancel);
        foreach (var run in runs.Items.Where(r => r.State == "queued"))
            await Owner.Client.CancelRunAsync(Owner.Org, run.Id, Cancel);
    }

    public async Task<string> AddAliasAsync() =>
        (await Owner.Client.SetAliasAsync(Owner.Org, Planted.Project, Name("alias"), 1, Cancel)).Name;

    public async Task DropAliasesAsync()
    {
        foreach (var alias in (await Owner.Client.ListAliasesAsync(Owner.Org, Planted.Project, Cancel)).Items)
            await Owner.Client.DeleteAliasAsync(Owner.Org, Planted.Project, alias.Name, Cancel);
    }

    /// <param name="classKey">Another one makes it another question.</param>
    public async Task<Guid> AddEvaluationAsync(string? classKey = null) =>
        (await Owner.AddEvaluationAsync(Model, Version, [new(new('c', 64), 0, 0, [0.9f, 0.1f])], classKey: classKey ?? Name("key"))).Id;

    public async Task DropQueuedEvaluationsAsync()
    {
        foreach (var one in (await Owner.Client.ListEvaluationsAsync(Owner.Org, Planted.Project, 1, Cancel)).Items)
            if (one.State == "queued")
                await Owner.Client.DeleteEvaluationAsync(Owner.Org, Planted.Project, 1, one.Id, Cancel);
    }

    /// <summary>No worker runs, so its job waits.</summary>
    public async Task<Guid> AddSampleImportAsync() =>
        (await Owner.Client.CreateImportAsync(Owner.Org, Dataset, new() { Sample = "shapes" }, Cancel)).Id;

    public async Task<Guid> AddFailedWeightsAsync()
    {
        var weights = await AddWeightsAsync();
        await Owner.BreakOffWeightsAsync(weights);
        return weights;
    }

    public async Task<Guid> AddCommentAsync() =>
        (await Owner.Client.CreateRunCommentAsync(Owner.Org, Run, new() { Text = Name("What about") }, Cancel)).Id;

    public async Task<string> AddRecipeAsync() =>
        (
            await Owner.Client.SaveRecipeAsync(
                Owner.Org,
                new()
                {
                    Name = Name("recipe"),
                    Recipe = new() { Preset = "fast" },
                },
                Cancel
            )
        ).Name;

    public async Task<Guid> AddKeyAsync() =>
        (await Owner.Client.CreateKeyAsync(Owner.Org, new() { Name = Name("key"), Scopes = [Scopes.Predict] }, Cancel)).Id;

    public async Task<Guid> AddDatasetAsync() =>
        (await Owner.Client.CreateDatasetAsync(Owner.Org, new() { Project = "flowers", Name = Name("gone") }, Cancel)).Id;

    public async Task<Guid> AddImportAsync() =>
        (await Owner.Client.CreateImportAsync(Owner.Org, Dataset, new() { Sample = "shapes" }, Cancel)).Id;

    public async Task<Guid> AddImageEditAsync()
    {
        var image = await AddImageAsync();
        return (await Owner.Client.EditImagesAsync(Owner.Org, Dataset, new() { Images = [image.Id], Remove = true }, Cancel)).Id;
    }

    /// <summary>An upload that everybody may send who may edit: one of somebody is hidden from the others.</summary>
    public async Task<Guid> AddUploadAsync(int size)
    {
        var import = await Owner.Client.CreateImportAsync(Owner.Org, Dataset, new() { Name = "x.zip", Size = size }, Cancel);
        await using var db = App.SystemDatabase();
        await db
            .Imports.IgnoreTenantFilter()
            .Where(i => i.Id == import.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.UploaderId, (Guid?)null), Cancel);
        return import.Id;
    }

    public async Task<Guid> AddShareLinkAsync() =>
        (await Owner.Client.CreateShareLinkAsync(Owner.Org, Planted.Project, new() { Run = Run }, Cancel)).Id;

    /// <summary>A member created without the API, because registering costs a password hash.</summary>
    public async Task<Guid> AddMemberAsync(Role role)
    {
        await using var db = App.SystemDatabase();
        var id = Planted.NewId();
        var email = $"{id:N}@example.org";
        db.Users.Add(
            new()
            {
                Id = id,
                Email = email,
                NormalizedEmail = email.ToUpperInvariant(),
                UserName = email,
                DisplayName = "Somebody",
                CreatedAt = Planted.Now,
            }
        );
        db.Members.Add(
            new()
            {
                OrgId = OrgId,
                UserId = id,
                Role = role,
                JoinedAt = Planted.Now,
            }
        );
        await db.SaveChangesAsync(Cancel);
        return id;
    }

    public async Task<int> AuditCountAsync()
    {
        await using var db = App.SystemDatabase();
        return await db.AuditEntries.IgnoreTenantFilter().CountAsync(a => a.OrgId == OrgId, Cancel);
    }

    private async Task AddPeopleAsync()
    {
        Stranger = await App.RegisterAsync();
        Member = await AddMemberAsync(Role.Viewer);
        _clients[Who.Anonymous] = App.HttpWith(null);
        _clients[Who.Owner] = Owner.Http;
        _clients[Who.Stranger] = Stranger.Http;
        foreach (var (who, role) in ((Who, Role)[])[(Who.Viewer, Role.Viewer), (Who.Editor, Role.Editor), (Who.Admin, Role.Admin)])
            _clients[who] = (await SessionAsync(role)).Http;
        var removed = await SessionAsync(Role.Owner);
        _clients[Who.RemovedMember] = removed.Http;
        await Owner.Client.RemoveMemberAsync(Owner.Org, removed.User, Cancel);
        var signedOut = await SessionAsync(Role.Owner);
        _clients[Who.SignedOutSession] = signedOut.Http;
        (await signedOut.Http.PostAsync(new Uri("/api/v1/account/sign-out", UriKind.Relative), null, Cancel)).EnsureSuccessStatusCode();
        _clients[Who.ExpiredSession] = (await SessionAsync(Role.Owner, expires: Planted.Now.AddSeconds(-1))).Http;
        _clients[Who.KeyWithEveryScope] = await KeyAsync(Owner, Scopes.All);
        _clients[Who.KeyWithoutTheScope] = _clients[Who.KeyWithEveryScope];
        _clients[Who.KeyOfAnotherOrganisation] = await KeyAsync(Stranger, Scopes.All);
        foreach (var scope in Scopes.All)
            _keysWithout[scope] = await KeyAsync(Owner, [.. Scopes.All.Where(s => s != scope)]);
        _clients[Who.KeyOfOneWhoIsViewerNow] = await DemotedKeyAsync();
    }

    private async Task<HttpClient> DemotedKeyAsync()
    {
        var admin = await SessionAsync(Role.Admin);
        var key = await KeyAsync(new(App, new(admin.Http), admin.Http, Owner.Org, "", "", ""), Scopes.All);
        await Owner.Client.UpdateMemberAsync(Owner.Org, admin.User, new() { Role = "viewer" }, Cancel);
        return key;
    }

    private async Task<(HttpClient Http, Guid User)> SessionAsync(Role role, DateTimeOffset? expires = null)
    {
        var user = await AddMemberAsync(role);
        var token = TokenFormat.Create(TokenKind.Session);
        await using var db = App.SystemDatabase();
        db.Tokens.Add(
            new()
            {
                Id = Planted.NewId(),
                Kind = TokenKind.Session,
                Hash = TokenFormat.Hash(token),
                Prefix = TokenFormat.Recognizable(token),
                UserId = user,
                Name = "test",
                CreatedAt = Planted.Now,
                LastUsedAt = Planted.Now,
                ExpiresAt = expires ?? Planted.Now.AddDays(1),
            }
        );
        await db.SaveChangesAsync(Cancel);
        return (App.HttpWith(token), user);
    }

    private async Task<HttpClient> KeyAsync(TenantSession maker, IReadOnlyList<string> scopes) =>
        App.HttpWith((await maker.Client.CreateKeyAsync(maker.Org, new() { Name = Name("key"), Scopes = scopes }, Cancel)).Key);
}
