using GpuGeek.Infrastructure.Persistence;
using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Queue;

/// <summary>Hangfire carries what recurs. Runs and jobs have their own rows, which are claimed in SQL.</summary>
public static class HangfireSetup
{
    public const string RecurringQueue = "recurring";

    /// <summary>The storage, for the dashboard and for the schedule.</summary>
    public static IServiceCollection AddHangfireStorage(this IServiceCollection services) =>
        services.AddHangfire(
            (provider, configuration) =>
                configuration
                    .UseSimpleAssemblyNameTypeSerializer()
                    .UseRecommendedSerializerSettings()
                    // What failed stays visible, and is repeated at its next time.
                    .UseFilter(new AutomaticRetryAttribute { Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Fail })
                    .UsePostgreSqlStorage(
                        storage => storage.UseNpgsqlConnection(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.Hangfire),
                        StorageOptions()
                    )
        );

    /// <summary>Does recurring work in this process, one after the other.</summary>
    public static IServiceCollection AddHangfireServer(this IServiceCollection services) =>
        services.AddHangfireServer(options =>
        {
            options.ServerName = $"worker:{Environment.ProcessId}";
            options.Queues = [RecurringQueue];
            options.WorkerCount = 1;
            options.CancellationCheckInterval = TimeSpan.FromSeconds(2);
            options.ShutdownTimeout = TimeSpan.FromSeconds(15);
        });

    private static PostgreSqlStorageOptions StorageOptions() =>
        new()
        {
            SchemaName = Migrator.HangfireSchema,
            PrepareSchemaIfNecessary = false,
            // Off by default, and then a job longer than the timeout is started again and again for ever (measured).
            UseSlidingInvisibilityTimeout = true,
            InvisibilityTimeout = TimeSpan.FromMinutes(2),
            // A killed process leaves its lock: without this, nothing would recur for ten minutes.
            DistributedLockTimeout = TimeSpan.FromMinutes(1),
            QueuePollInterval = TimeSpan.FromSeconds(1),
            EnableLongPolling = true,
        };
}
