using GpuGeek.Domain.Storage;
using Minio;
using Minio.DataModel.Args;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>One write: one request if it is small, else parts that the last request combines into an object. One part is in memory at a
/// time.</summary>
internal sealed class S3Write(S3Clients clients, string bucket, string key, Action<Exception, string> notEnded)
{
    /// <summary>The SDK sends smaller objects in one request.</summary>
    private const long LeastInParts = 5 << 20;
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(30);

    public async Task PutAsync(Stream content, long length, CancellationToken cancellationToken)
    {
        await using var source = new CheckedSource(key, content, length, cancellationToken);
        // The SDK reads nothing of it, so nothing would be checked.
        if (length == 0)
            await source.CopyToAsync(Stream.Null, cancellationToken);
        var put = new PutObjectArgs().WithBucket(bucket).WithObject(key).WithStreamData(source).WithObjectSize(length);
        if (length < LeastInParts)
            await clients.Inner.PutObjectAsync(put, cancellationToken);
        else
            await PutPartsAsync(put, cancellationToken);
    }

    private async Task PutPartsAsync(PutObjectArgs put, CancellationToken cancellationToken)
    {
        var client = clients.Of(key);
        try
        {
            await client.PutObjectAsync(put, cancellationToken);
        }
        catch (S3MissingException gone)
        {
            throw new ObjectStoreException($"The upload of '{key}' was ended by another process. Store it again.", gone);
        }
        catch
        {
            await EndAsync(client);
            throw;
        }
    }

    private async Task EndAsync(IMinioClient client)
    {
        // Also after a cancellation: the parts use space until they are removed.
        using var patience = new CancellationTokenSource(EndPatience);
        try
        {
            await client.RemoveIncompleteUploadAsync(new RemoveIncompleteUploadArgs().WithBucket(bucket).WithObject(key), patience.Token);
        }
        catch (Exception failure) when (failure is ObjectStoreException or S3MissingException or OperationCanceledException)
        {
            notEnded(failure, key);
        }
    }
}
