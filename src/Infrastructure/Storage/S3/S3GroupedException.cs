namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>The SDK asks for unfinished uploads with an empty delimiter, which Swift finds in every name: it grouped all of them.</summary>
internal sealed class S3GroupedException() : Exception("The object store took an empty delimiter for a real one.");
