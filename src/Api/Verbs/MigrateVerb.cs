using GpuGeek.Infrastructure.Persistence;
using Npgsql;

namespace GpuGeek.Api.Verbs;

internal static class MigrateVerb
{
    public static async Task<int> RunAsync()
    {
        try
        {
            await Migrator.MigrateAsync(VerbTable.Variable("GPUGEEK_DB_OWNER"), VerbTable.Variable("GPUGEEK_DB_HANGFIRE"), CancellationToken.None);
            return 0;
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"The database could not be migrated: {failure.Message}");
            return 1;
        }
    }
}
