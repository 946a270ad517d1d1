using GpuGeek.Domain.Datasets;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Queue;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Imports;
using GpuGeek.Worker.Mail;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Webhooks;
using GpuGeek.Worker.Weights;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GpuGeek.Worker.Hosting;

internal static class WorkerSetup
{
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddInfrastructure(configuration);
        services
            .AddOptions<WorkerOptions>()
            .Configure(options => Bind(options, configuration))
            .ValidateDataAnnotations()
            .ValidateOnStart()
            .PostConfigure(options => Directory.CreateDirectory(options.Runs));
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(19);
            host.ServicesStopConcurrently = true;
        });
        services.AddRuns();
        services.AddImports();
        services.AddSingleton<DeliveryWakeUp>().AddSingleton<DeliveryClaims>().AddHostedService<DeliveryService>();
        services
            .AddSingleton<WeightsWakeUp>()
            .AddSingleton<WeightsLeases>()
            .AddSingleton<WeightsReading>()
            .AddHostedService<WeightsService>();
        services.AddJanitor(configuration);
        if (services.AddMailPost(configuration))
            services.AddSingleton<MailWakeUp>().AddHostedService<MailService>();
        return services;
    }

    private static void Bind(WorkerOptions options, IConfiguration configuration)
    {
        options.Work = Path.GetFullPath(configuration["GPUGEEK_WORK"] is { Length: > 0 } work ? work : ".");
        if (configuration["GPUGEEK_WORK"] is not { Length: > 0 })
            options.Work = "";
        options.Weights = configuration["GPUGEEK_WEIGHTS"] is { Length: > 0 } weights ? Path.GetFullPath(weights) : null;
        options.Slots = configuration.GetValue("GPUGEEK_SLOTS", options.Slots);
        options.CacheBytes = configuration.GetValue("GPUGEEK_CACHE_BYTES", options.CacheBytes);
    }

    private static void AddRuns(this IServiceCollection services)
    {
        services.AddSingleton<RunClaims>().AddSingleton<RunSweep>().AddSingleton<RunPlans>();
        services.AddSingleton<RunWakeUp>().AddSingleton<IClaimRunJob, ClaimRunJob>();
        services.AddSingleton<HttpClient>();
        services.AddSingleton<WeightsSource>().AddSingleton<PictureCache>().AddSingleton<CheckpointTransfer>().AddSingleton<ResultUpload>();
        services.AddSingleton<RunRoom>().AddSingleton<RunPreparation>().AddSingleton<RunSupervisor>();
        services.AddSingleton<LeaseKeeper>().AddHostedService(provider => provider.GetRequiredService<LeaseKeeper>());
        services.AddHostedService<RunService>().AddHostedService<WeightsAnnouncement>();
        services.AddHangfireServerFor("runs", IClaimRunJob.CpuQueue, 1);
    }

    private static void AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ImportWakeUp>().AddSingleton<IImportJob, ImportJob>();
        services.AddSingleton<ImportLeases>().AddSingleton<ImportRows>().AddSingleton<ImportSupervisor>();
        services.AddHostedService<ImportService>();
        services.AddHangfireServerFor("light", IImportJob.Queue, 2);
    }

    private static void AddJanitor(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<JanitorOptions>()
            .Configure(options =>
            {
                options.Minutes = configuration.GetValue("GPUGEEK_JANITOR_MINUTES", options.Minutes);
                options.GraceDays = configuration.GetValue("GPUGEEK_GRACE_DAYS", options.GraceDays);
                options.UploadHours = configuration.GetValue("GPUGEEK_UPLOAD_HOURS", options.UploadHours);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddSingleton<KeptRuns>()
            .AddSingleton<Expiry>()
            .AddSingleton<Purge>()
            .AddSingleton<Janitor>()
            .AddHostedService<JanitorService>();
    }
}
