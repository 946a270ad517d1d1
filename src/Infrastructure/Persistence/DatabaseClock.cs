using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>The one clock that all processes share, for use in queries.</summary>
public static class DatabaseClock
{
    public static DateTimeOffset Now() => throw new InvalidOperationException("Only a query reads the database's clock.");

    internal static void Map(ModelBuilder modelBuilder) => modelBuilder.HasDbFunction(() => Now()).HasName("clock_timestamp").IsBuiltIn();
}
