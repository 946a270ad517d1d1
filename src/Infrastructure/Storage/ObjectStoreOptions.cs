using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Location of pictures, checkpoints and models: a folder (<c>GPUGEEK_OBJECTS</c>) or a bucket of an S3-compatible service
/// (<c>GPUGEEK_S3_*</c>).</summary>
public sealed partial class ObjectStoreOptions : IValidatableObject
{
    public const string Section = "ObjectStore";

    /// <summary><c>GPUGEEK_OBJECTS</c>: a folder on a file system that survives restarts; empty for S3.</summary>
    public string Folder { get; set; } = "";

    /// <summary><c>GPUGEEK_S3_ENDPOINT</c>: address of the service for Api and Worker, such as
    /// <c>https://s3.eu-central-1.amazonaws.com</c>; empty for a folder.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary><c>GPUGEEK_S3_PUBLIC_ENDPOINT</c>: address of the same service in signed addresses of downloads, since a signature covers
    /// the host; default: the endpoint.</summary>
    public string PublicEndpoint { get; set; } = "";

    /// <summary><c>GPUGEEK_S3_BUCKET</c>: an existing bucket of its own (<c>deploy/object-store/seed.py</c> creates one).</summary>
    public string Bucket { get; set; } = "";

    /// <summary><c>GPUGEEK_S3_ACCESS_KEY</c>.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary><c>GPUGEEK_S3_SECRET_KEY</c>.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary><c>GPUGEEK_S3_REGION</c>: part of every signature.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary><c>GPUGEEK_SPOOL</c>: folder where a stream of unknown length is kept until it is complete, on its way to the bucket;
    /// default: the system's folder for temporary files.</summary>
    public string Spool { get; set; } = Path.GetTempPath();

    public bool IsS3 => Endpoint.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Folder.Length > 0 && IsS3)
            yield return new(
                "Both GPUGEEK_OBJECTS and GPUGEEK_S3_ENDPOINT are set: objects are stored either in a folder or in a bucket. Unset one."
            );
        if (Folder.Length == 0 && !IsS3)
            yield return new(
                "Neither GPUGEEK_OBJECTS (a folder) nor GPUGEEK_S3_ENDPOINT (an S3-compatible service) is set. Set one of them."
            );
        if (!IsS3)
            yield break;
        if (!IsAddress(Endpoint))
            yield return new(
                "GPUGEEK_S3_ENDPOINT must be an http or https address without path, such as https://s3.eu-central-1.amazonaws.com."
            );
        if (PublicEndpoint.Length > 0 && !IsAddress(PublicEndpoint))
            yield return new("GPUGEEK_S3_PUBLIC_ENDPOINT must be an http or https address without path.");
        if (Bucket.Length > 0 && !BucketName().IsMatch(Bucket))
            yield return new(
                "GPUGEEK_S3_BUCKET must be a name that S3 allows: 3 to 63 lower-case letters, digits, dots and hyphens, the first and the "
                    + "last a letter or digit."
            );
        foreach (
            var (name, value) in new[] { ("BUCKET", Bucket), ("ACCESS_KEY", AccessKey), ("SECRET_KEY", SecretKey), ("REGION", Region) }
        )
            if (value.Length == 0)
                yield return new($"GPUGEEK_S3_ENDPOINT is set, but GPUGEEK_S3_{name} is not.");
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https"
        && uri.PathAndQuery == "/"
        && uri.UserInfo.Length == 0;

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]$")]
    private static partial Regex BucketName();
}
