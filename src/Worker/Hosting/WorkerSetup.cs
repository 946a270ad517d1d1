using GpuGeek.Domain.Jobs;
using GpuGeek.Domain.Runs;
using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Datasets;
using GpuGeek.Infrastructure.Embeddings;
using GpuGeek.Infrastructure.Jobs;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Queue;
using GpuGeek.Infrastructure.Runs;
using GpuGeek.Worker.Devices;
using GpuGeek.Worker.Embeddings;
using GpuGeek.Worker.Evaluations;
using GpuGeek.Worker.Imports;
using GpuGeek.Worker.Lanes;
using GpuGeek.Worker.Launchers;
using GpuGeek.Worker.Mail;
using GpuGeek.Worker.Probes;
using GpuGeek.Worker.Recurring;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Storage;
using GpuGeek.Worker.Telemetry;
using GpuGeek.Worker.Webhooks;
using GpuGeek.Worker.Weights;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Hosting;

internal static class WorkerSetup
{
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSupervision(configuration);
        services.AddLiveListener().AddHostedService<QueueWatch>();
        services.AddLane<RunLane>().AddHostedService<RunSweeps>().AddHostedService<WeightsAnnouncement>();
        services.AddHostedService<DeviceAnnouncement>();
        services.AddSingleton<IRunLauncher, LocalProcessLauncher>();
        services.AddJobs();
        services.AddSingleton<DeliveryClaims>().AddLane<DeliveryLane>();
        services.AddRecurringWork(configuration);
        if (services.AddMailPost(configuration))
            services.AddLane<MailLane>();
        return services;
    }

    /// <summary>What a process needs that supervises runs: a worker, or the supervisor of one run.</summary>
    public static IServiceCollection AddSupervision(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddInfrastructure(configuration).AddTelemetry(configuration, "worker");
        services
            .AddOptions<WorkerOptions>()
            .Configure(options => Bind(options, configuration))
            .ValidateDataAnnotations()
            .ValidateOnStart()
            .PostConfigure(options => Directory.CreateDirectory(options.Runs));
        services.AddSingleton<IValidateOptions<WorkerOptions>, DeviceCheck>().AddSingleton<SlotDevices>();
        services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = TimeSpan.FromSeconds(19);
            host.ServicesStopConcurrently = true;
        });
        services
            .AddSingleton<EmbeddingStore>()
            .AddSingleton<EmbeddingTransfer>()
            .AddSingleton<RunClaims>()
            .AddSingleton<RunSweep>()
            .AddSingleton<RunPlans>();
        services.AddSingleton<HttpClient>();
        services.AddSingleton<WeightsSource>().AddSingleton<PictureCache>().AddSingleton<CheckpointTransfer>().AddSingleton<ResultUpload>();
        services.AddSingleton<RunRoom>().AddSingleton<RunPreparation>().AddSingleton<RunSupervisor>().AddSingleton<RunDirectories>();
        services.AddSingleton<LeaseKeeper>().AddHostedService(provider => provider.GetRequiredService<LeaseKeeper>());
        return services;
    }

    private static void Bind(WorkerOptions options, IConfiguration configuration)
    {
        options.Work = Path.GetFullPath(configuration["GPUGEEK_WORK"] is { Length: > 0 } work ? work : ".");
        if (configuration["GPUGEEK_WORK"] is not { Length: > 0 })
            options.Work = "";
        options.Weights = configuration["GPUGEEK_WEIGHTS"] is { Length: > 0 } weights ? Path.GetFullPath(weights) : null;
        options.Launcher = configuration["GPUGEEK_LAUNCHER"] ?? "";
        options.Devices = configuration["GPUGEEK_DEVICES"] ?? "";
        options.DeviceClass = configuration["GPUGEEK_DEVICE_CLASS"] ?? "";
        options.Slots = configuration.GetValue("GPUGEEK_SLOTS", options.Slots);
        options.CacheBytes = configuration.GetValue("GPUGEEK_CACHE_BYTES", options.CacheBytes);
    }

    /// <summary>All kinds of light work. A new kind is its class and a line here.</summary>
    private static void AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<JobClaims>().AddLane<JobLane>();
        services.AddJob<ImportJob>(JobKinds.Import);
        services.AddJob<WeightsJob>(JobKinds.Weights);
        services.AddJob<EmbeddingJob>(JobKinds.Embeddings);
        services.AddJob<ProbeJob>(JobKinds.Probe);
        services.AddJob<EvaluationJob>(JobKinds.Evaluation);
    }

    private static void AddJob<T>(this IServiceCollection services, string kind)
        where T : ILightJob => services.AddSingleton(new JobKind(kind, typeof(T)));

    private static IServiceCollection AddLane<T>(this IServiceCollection services)
        where T : class, ILaneWork => services.AddSingleton<T>().AddHostedService<Lane<T>>();

    private static void AddRecurringWork(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<JanitorOptions>()
            .Configure(options =>
            {
                options.Minutes = configuration.GetValue("GPUGEEK_JANITOR_MINUTES", options.Minutes);
                options.GraceDays = configuration.GetValue("GPUGEEK_GRACE_DAYS", options.GraceDays);
                options.EmbeddingBytes = configuration.GetValue("GPUGEEK_EMBEDDING_BYTES", options.EmbeddingBytes);
                options.UploadHours = configuration.GetValue("GPUGEEK_UPLOAD_HOURS", options.UploadHours);
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddSingleton<KeptRuns>()
            .AddSingleton<Expiry>()
            .AddSingleton<Purge>()
            .AddSingleton<Janitor>()
            .AddSingleton<DatasetCounts>()
            .AddSingleton<IRecurringWork, RecurringWork>()
            .AddHostedService<RecurringSchedule>();
        services.AddHangfireServer();
    }
}
