using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>The clock that all processes share, for use in queries.</summary>
public static class DatabaseClock
{
    public static DateTimeOffset Now() => throw new InvalidOperationException("The database's clock can only be read in a query.");

    internal static void Map(ModelBuilder modelBuilder) => modelBuilder.HasDbFunction(() => Now()).HasName("clock_timestamp").IsBuiltIn();
}
