using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage.S3;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage;

public static class ObjectStoreSetup
{
    /// <summary>Registers the folder or the bucket, depending on the variables.</summary>
    public static IServiceCollection AddObjectStore(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<ObjectStoreOptions>()
            .Configure(options => Bind(options, configuration))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services
            .AddOptions<DiskSpaceOptions>()
            .Configure(options => options.ReserveBytes = configuration.GetValue<long?>("GPUGEEK_RESERVE_BYTES"))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<DiskSpace>().AddSingleton<FolderObjectStore>().AddSingleton<S3ObjectStore>();
        services.AddSingleton<IObjectStore>(provider =>
            IsS3(provider) ? provider.GetRequiredService<S3ObjectStore>() : provider.GetRequiredService<FolderObjectStore>()
        );
        return services;
    }

    /// <summary>For the process that issues signed addresses: the bucket's own, or those of the route that serves the folder.</summary>
    public static IServiceCollection AddObjectUrls(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<ObjectUrlOptions>()
            .Configure(options =>
                (options.Keys, options.PublicUrl) = (configuration["GPUGEEK_KEYS"], configuration["GPUGEEK_PUBLIC_URL"] ?? "")
            );
        services.AddSingleton<FolderObjectUrls>();
        return services.AddSingleton<IObjectUrls>(provider =>
            IsS3(provider) ? provider.GetRequiredService<S3ObjectStore>() : provider.GetRequiredService<FolderObjectUrls>()
        );
    }

    private static bool IsS3(IServiceProvider provider) => provider.GetRequiredService<IOptions<ObjectStoreOptions>>().Value.IsS3;

    private static void Bind(ObjectStoreOptions options, IConfiguration configuration)
    {
        options.Folder = configuration["GPUGEEK_OBJECTS"] ?? "";
        options.Endpoint = configuration["GPUGEEK_S3_ENDPOINT"] ?? "";
        options.PublicEndpoint = configuration["GPUGEEK_S3_PUBLIC_ENDPOINT"] ?? "";
        options.Bucket = configuration["GPUGEEK_S3_BUCKET"] ?? "";
        options.AccessKey = configuration["GPUGEEK_S3_ACCESS_KEY"] ?? "";
        options.SecretKey = configuration["GPUGEEK_S3_SECRET_KEY"] ?? "";
        options.Region = configuration["GPUGEEK_S3_REGION"] is { Length: > 0 } region ? region : options.Region;
        options.Spool = configuration["GPUGEEK_SPOOL"] is { Length: > 0 } spool ? Path.GetFullPath(spool) : options.Spool;
    }
}
