namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>The service responded 404 for an object or for an unfinished upload. A missing bucket is not this.</summary>
internal sealed class S3MissingException(string code) : Exception($"The object store responded 404 {code}.");
