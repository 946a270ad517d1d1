using GpuGeek.Infrastructure.Persistence;
using Npgsql;

namespace GpuGeek.Api.Verbs;

internal static class MigrateVerb
{
    /// <summary>Value instead of a folder: the operator has a backup, and no dump is written.</summary>
    private const string None = "none";

    public static async Task<int> RunAsync()
    {
        try
        {
            var dumps = VerbTable.Variable("GPUGEEK_BACKUPS");
            await Migrator.MigrateAsync(
                VerbTable.Variable("GPUGEEK_DB_OWNER"),
                VerbTable.Variable("GPUGEEK_DB_HANGFIRE"),
                dumps == None ? null : dumps,
                CancellationToken.None
            );
            return 0;
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"The database could not be migrated: {failure.Message}");
            return 1;
        }
    }
}
