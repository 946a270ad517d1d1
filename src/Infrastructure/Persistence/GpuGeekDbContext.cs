using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Comments;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Deletions;
using GpuGeek.Domain.Deployments;
using GpuGeek.Domain.Devices;
using GpuGeek.Domain.Embeddings;
using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Models;
using GpuGeek.Domain.Projects;
using GpuGeek.Domain.Recipes;
using GpuGeek.Domain.Runs;
using GpuGeek.Domain.Sharing;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>
/// The database from the view of one organisation: the tenant is a constructor value, so another organisation needs another context.
/// Created only by <see cref="IDbContexts"/>, which also sets <c>app.org</c> and <c>app.user</c> on the connection for row-level
/// security.
/// </summary>
public sealed class GpuGeekDbContext(DbContextOptions<GpuGeekDbContext> options, Guid? org, Guid? user, bool seesDeleted = false)
    : DbContext(options)
{
    /// <summary>Name of the query filter on every tenant table; a job that crosses tenants disables only this one.</summary>
    public const string TenantFilter = "Tenant";

    /// <summary>Name of the query filter that hides deleted rows that can still be restored.</summary>
    public const string DeletedFilter = "Deleted";

    public Guid? Org { get; } = org;
    public Guid? User { get; } = user;

    /// <summary>For contexts of the system role: workers see deleted rows until they are purged.</summary>
    public bool SeesDeleted { get; } = seesDeleted;

    public DbSet<ApplicationUser> Users => Set<ApplicationUser>();
    public DbSet<Organization> Organizations => Set<Organization>();
    public DbSet<Member> Members => Set<Member>();
    public DbSet<AccessToken> Tokens => Set<AccessToken>();
    public DbSet<AccountEvent> AccountEvents => Set<AccountEvent>();
    public DbSet<AttemptBucket> AttemptBuckets => Set<AttemptBucket>();
    public DbSet<Passkey> Passkeys => Set<Passkey>();
    public DbSet<PasskeyChallenge> PasskeyChallenges => Set<PasskeyChallenge>();
    public DbSet<QueuedMail> Mails => Set<QueuedMail>();
    public DbSet<SecondFactor> SecondFactors => Set<SecondFactor>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<Deletion> Deletions => Set<Deletion>();
    public DbSet<Plan> Plans => Set<Plan>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<Dataset> Datasets => Set<Dataset>();
    public DbSet<DatasetClass> DatasetClasses => Set<DatasetClass>();
    public DbSet<DatasetImage> DatasetImages => Set<DatasetImage>();
    public DbSet<DatasetCount> DatasetCounts => Set<DatasetCount>();
    public DbSet<ModelAlias> ModelAliases => Set<ModelAlias>();
    public DbSet<Evaluation> Evaluations => Set<Evaluation>();
    public DbSet<ImageEdit> ImageEdits => Set<ImageEdit>();
    public DbSet<Import> Imports => Set<Import>();
    public DbSet<Job> Jobs => Set<Job>();
    public DbSet<SkippedFile> SkippedFiles => Set<SkippedFile>();
    public DbSet<DatasetVersion> DatasetVersions => Set<DatasetVersion>();
    public DbSet<Embedding> Embeddings => Set<Embedding>();
    public DbSet<NamedRecipe> Recipes => Set<NamedRecipe>();
    public DbSet<Run> Runs => Set<Run>();
    public DbSet<RunLease> RunLeases => Set<RunLease>();
    public DbSet<MetricPoint> MetricPoints => Set<MetricPoint>();
    public DbSet<RunLogLine> RunLogLines => Set<RunLogLine>();
    public DbSet<UsageInterval> UsageIntervals => Set<UsageInterval>();
    public DbSet<Model> Models => Set<Model>();
    public DbSet<ModelVersion> ModelVersions => Set<ModelVersion>();
    public DbSet<UploadedWeights> UploadedWeights => Set<UploadedWeights>();
    public DbSet<WorkerWeights> WorkerWeights => Set<WorkerWeights>();
    public DbSet<WorkerDevice> WorkerDevices => Set<WorkerDevice>();
    public DbSet<Deployment> Deployments => Set<Deployment>();
    public DbSet<Webhook> Webhooks => Set<Webhook>();
    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();
    public DbSet<ShareLink> ShareLinks => Set<ShareLink>();
    public DbSet<Comment> Comments => Set<Comment>();
    public DbSet<Mention> Mentions => Set<Mention>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(GpuGeekDbContext).Assembly);
        DatabaseClock.Map(modelBuilder);
        Wall<Invitation>(modelBuilder);
        Wall<AuditEntry>(modelBuilder);
        Wall<Deletion>(modelBuilder);
        Wall<Project>(modelBuilder);
        Wall<Dataset>(modelBuilder);
        Wall<DatasetClass>(modelBuilder);
        Wall<DatasetImage>(modelBuilder);
        Wall<DatasetCount>(modelBuilder);
        Wall<Evaluation>(modelBuilder);
        Wall<ModelAlias>(modelBuilder);
        Wall<ImageEdit>(modelBuilder);
        Wall<Import>(modelBuilder);
        Wall<Job>(modelBuilder);
        Wall<SkippedFile>(modelBuilder);
        Wall<DatasetVersion>(modelBuilder);
        Wall<Embedding>(modelBuilder);
        Wall<NamedRecipe>(modelBuilder);
        Wall<Run>(modelBuilder);
        Wall<RunLease>(modelBuilder);
        Wall<MetricPoint>(modelBuilder);
        Wall<RunLogLine>(modelBuilder);
        Wall<UsageInterval>(modelBuilder);
        Wall<Model>(modelBuilder);
        Wall<ModelVersion>(modelBuilder);
        Wall<UploadedWeights>(modelBuilder);
        Wall<Deployment>(modelBuilder);
        Wall<Webhook>(modelBuilder);
        Wall<WebhookDelivery>(modelBuilder);
        Wall<ShareLink>(modelBuilder);
        Wall<Comment>(modelBuilder);
        Wall<Mention>(modelBuilder);
        Hide<Organization>(modelBuilder);
        Hide<Project>(modelBuilder);
        Hide<Dataset>(modelBuilder);
        Hide<Run>(modelBuilder);
        Hide<Model>(modelBuilder);
        Hide<Deployment>(modelBuilder);
    }

    // Refers to a member of this context, so that the compiled model is shared but each context filters by its own organisation.
    private void Wall<T>(ModelBuilder modelBuilder)
        where T : class, ITenantOwned => modelBuilder.Entity<T>().HasQueryFilter(TenantFilter, row => row.OrgId == Org);

    private void Hide<T>(ModelBuilder modelBuilder)
        where T : class, IDeletable => modelBuilder.Entity<T>().HasQueryFilter(DeletedFilter, row => SeesDeleted || row.DeletionId == null);
}

public static class TenantFilterExtensions
{
    private static readonly string[] Names = [GpuGeekDbContext.TenantFilter];
    private static readonly string[] Deleted = [GpuGeekDbContext.DeletedFilter];
    private static readonly string[] Both = [GpuGeekDbContext.TenantFilter, GpuGeekDbContext.DeletedFilter];

    /// <summary>Rows of every organisation: only for contexts of the system role, which row-level security allows.</summary>
    public static IQueryable<T> IgnoreTenantFilter<T>(this DbSet<T> set)
        where T : class, ITenantOwned => set.IgnoreQueryFilters(Names);

    /// <summary>For statements of the system role that select their rows themselves: a filter would wrap them in a subquery, and
    /// statements that write or lock cannot be wrapped.</summary>
    public static IQueryable<T> IgnoreAllFilters<T>(this IQueryable<T> statement)
        where T : class => statement.IgnoreQueryFilters(Both);

    /// <summary>Includes deleted rows that can still be restored, in the whole query and its subqueries.</summary>
    public static IQueryable<T> IncludeDeleted<T>(this DbSet<T> set)
        where T : class, IDeletable => set.IgnoreQueryFilters(Deleted);
}
