using Minio;

namespace GpuGeek.Storage.Tests.S3;

internal static class SwiftClient
{
    /// <summary>The SDK by itself, as its documentation makes it.</summary>
    public static IMinioClient Client(this SwiftServer swift)
    {
        var options = swift.Options();
        return new MinioClient()
            .WithEndpoint(new Uri(options.Endpoint))
            .WithRegion(options.Region)
            .WithCredentials(options.AccessKey, options.SecretKey)
            .Build();
    }
}
