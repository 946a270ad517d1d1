using GpuGeek.Infrastructure.Persistence;
using Hangfire;
using Hangfire.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Queue;

public static class HangfireSetup
{
    /// <summary>The client side, for processes that only enqueue.</summary>
    public static IServiceCollection AddHangfireClient(this IServiceCollection services) =>
        services.AddHangfire(
            (provider, configuration) =>
                configuration
                    .UseSimpleAssemblyNameTypeSerializer()
                    .UseRecommendedSerializerSettings()
                    // No retries by Hangfire: our own rows control them.
                    .UseFilter(new AutomaticRetryAttribute { Attempts = 0, OnAttemptsExceeded = AttemptsExceededAction.Delete })
                    .UsePostgreSqlStorage(
                        storage => storage.UseNpgsqlConnection(provider.GetRequiredService<IOptions<DatabaseOptions>>().Value.Hangfire),
                        StorageOptions()
                    )
        );

    /// <summary>A server for some queues. Hangfire reads queues in alphabetical order, so one server has only queues of one
    /// kind.</summary>
    public static IServiceCollection AddHangfireServerFor(this IServiceCollection services, string name, string queue, int workers) =>
        services.AddHangfireServer(options =>
        {
            options.ServerName = $"{name}:{Environment.ProcessId}";
            options.Queues = [queue];
            options.WorkerCount = workers;
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
            QueuePollInterval = TimeSpan.FromSeconds(1),
            EnableLongPolling = true,
        };
}
