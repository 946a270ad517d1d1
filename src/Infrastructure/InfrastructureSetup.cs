using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Live;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.Infrastructure.Queue;
using GpuGeek.Infrastructure.Security;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Infrastructure.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GpuGeek.Infrastructure;

public static class InfrastructureSetup
{
    /// <summary>Registers database, object store, queue client and live notifications, configured by the <c>GPUGEEK_*</c>
    /// variables.</summary>
    public static IServiceCollection AddInfrastructure(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<DatabaseOptions>()
            .Configure(o =>
            {
                o.App = configuration["GPUGEEK_DB"];
                o.System = configuration["GPUGEEK_DB_SYSTEM"] ?? "";
                o.Hangfire = configuration["GPUGEEK_DB_HANGFIRE"] ?? "";
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddObjectStore(configuration).AddHostedService<LargestCheckpoint>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IDbContexts, DbContexts>();
        services.AddSingleton<ILiveNotifier, LiveNotifier>();
        services.AddHangfireStorage();
        services.AddOptions<KeyFolderOptions>().Configure(o => o.Folder = configuration["GPUGEEK_KEYS"]);
        services
            .AddOptions<WebhookOptions>()
            .Configure(o => o.AllowPrivate = configuration.GetValue("GPUGEEK_WEBHOOK_ALLOW_PRIVATE", false));
        services.AddMailOutbox(configuration);
        services
            .AddSingleton<SecondFactorSecrets>()
            .AddSingleton<SignInTickets>()
            .AddSingleton<AttemptCounter>()
            .AddSingleton<SealedAnswers>()
            .AddSingleton<KeyRotation>();
        services.AddSingleton<WebhookSecrets>().AddSingleton<WebhookUrl>().AddSingleton<WebhookClient>();
        return services;
    }

    /// <summary>For processes that serve requests and must not wait for a hung database.</summary>
    public static IServiceCollection AddDatabasePulse(this IServiceCollection services) =>
        services.AddSingleton<DatabasePulse>().AddHostedService(provider => provider.GetRequiredService<DatabasePulse>());

    /// <summary>For processes that push live updates.</summary>
    public static IServiceCollection AddLiveListener(this IServiceCollection services) =>
        services.AddSingleton<LiveListener>().AddHostedService(provider => provider.GetRequiredService<LiveListener>());
}
