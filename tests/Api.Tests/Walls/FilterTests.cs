using GpuGeek.Domain.Common;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace GpuGeek.Api.Tests.Walls;

public sealed class TheQueryFilter
{
    private sealed class Forgotten : ITenantOwned
    {
        public Guid Id { get; init; }
        public Guid OrgId { get; init; }
    }

    private sealed class Planted(DbContextOptions options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Forgotten>();
    }

    private static IReadOnlyList<Type> WithoutFilter(IModel model) =>
        [
            .. model
                .GetEntityTypes()
                .Where(e =>
                    typeof(ITenantOwned).IsAssignableFrom(e.ClrType) && e.FindDeclaredQueryFilter(GpuGeekDbContext.TenantFilter) is null
                )
                .Select(e => e.ClrType),
        ];

    /// <summary>Entities with an organisation that do not say that they are its own.</summary>
    private static IReadOnlyList<Type> Unmarked(IModel model) =>
        [
            .. model
                .GetEntityTypes()
                .Where(e => e.FindProperty("OrgId") is not null && !typeof(ITenantOwned).IsAssignableFrom(e.ClrType))
                .Select(e => e.ClrType),
        ];

    private static GpuGeekDbContext Context() => new(DbContexts.Options(NpgsqlDataSource.Create("Host=nowhere")), null, null);

    [Fact]
    public void Stands_on_every_table_of_a_tenant()
    {
        using var db = Context();
        Assert.Empty(WithoutFilter(db.Model));
        Assert.InRange(db.Model.GetEntityTypes().Count(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)), 22, 200);
    }

    [Fact]
    public void Is_needed_by_nothing_else_but_the_directory_itself()
    {
        using var db = Context();
        Assert.Equal([typeof(AccessToken), typeof(Member)], Unmarked(db.Model).OrderBy(t => t.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void Forgotten_on_a_planted_table_is_missed()
    {
        using var db = new Planted(new DbContextOptionsBuilder().UseNpgsql("Host=nowhere").Options);
        Assert.Equal([typeof(Forgotten)], WithoutFilter(db.Model));
    }
}
