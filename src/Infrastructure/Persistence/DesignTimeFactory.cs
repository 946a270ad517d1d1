using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model but no database.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<GpuGeekDbContext>
{
    public GpuGeekDbContext CreateDbContext(string[] args) =>
        new(
            new DbContextOptionsBuilder<GpuGeekDbContext>()
                .UseNpgsql("Host=localhost", npgsql => npgsql.MigrationsHistoryTable(DbContexts.MigrationsTable))
                .UseSnakeCaseNamingConvention()
                .Options,
            null,
            null
        );
}
