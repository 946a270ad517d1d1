using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using GpuGeek.Domain.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Minio;
using Minio.DataModel;
using Minio.DataModel.Args;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>The object store in a bucket of its own in an S3-compatible service.</summary>
internal sealed partial class S3ObjectStore : IObjectStore, IObjectUrls, IDisposable
{
    private readonly S3Clients _clients;
    private readonly S3Spool _spool;
    private readonly string _bucket;
    private const int FilesAtOnce = 4;
    private readonly TimeProvider _clock;
    private readonly ILogger<S3ObjectStore> _logger;

    public S3ObjectStore(IOptions<ObjectStoreOptions> options, DiskSpace disk, TimeProvider clock, ILogger<S3ObjectStore> logger)
    {
        (_bucket, _clock, _logger) = (options.Value.Bucket, clock, logger);
        _spool = new(options.Value.Spool, disk);
        _clients = new(options.Value, clock);
    }

    public long? FreeBytes => null;

    public async Task<long> PutAsync(string key, Stream content, long? length, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        var write = new S3Write(_clients, _bucket, key, LogNotEnded);
        if (length is { } known)
        {
            await write.PutAsync(content, known, cancellationToken);
            return known;
        }
        await using var spooled = await _spool.TakeAsync(content, cancellationToken);
        await write.PutAsync(spooled, spooled.Length, cancellationToken);
        return spooled.Length;
    }

    public Task PutFilesAsync(IReadOnlyCollection<LocalFile> files, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = FilesAtOnce, CancellationToken = cancellationToken },
            async (file, cancel) => await PutFileAsync(file.Key, file.Path, cancel)
        );

    public async Task PutFileAsync(string key, string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read | FileShare.Delete,
            1,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );
        await PutAsync(key, file, file.Length, cancellationToken);
    }

    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        var response = await GetAsync(key, null, cancellationToken);
        return new S3BodyStream(key, response, await response.Content.ReadAsStreamAsync(cancellationToken), whole: true);
    }

    public async Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
            return await SizeAsync(key, cancellationToken) is null ? throw new ObjectNotFoundException(key) : Stream.Null;
        long? last = length > long.MaxValue - offset ? null : offset + length - 1;
        var response = await GetAsync(key, new(offset, last), cancellationToken);
        if (response.StatusCode == HttpStatusCode.PartialContent)
            return new S3BodyStream(key, response, await response.Content.ReadAsStreamAsync(cancellationToken), whole: false);
        using (response)
        {
            // At or after the end; an empty object has no range and is returned as it is.
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable || response.Content.Headers.ContentLength == 0)
                return Stream.Null;
            throw new ObjectStoreException(
                $"The object store sent all of '{key}' although a range was requested: it does not support ranges."
            );
        }
    }

    public async Task DownloadAsync(string key, string path, CancellationToken cancellationToken)
    {
        await using var from = await OpenReadAsync(key, cancellationToken);
        await AtomicFile.WriteAsync(path, to => from.CopyToAsync(to, cancellationToken));
    }

    public async Task<long?> SizeAsync(string key, CancellationToken cancellationToken) => (await StatAsync(key, cancellationToken))?.Size;

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        try
        {
            await _clients.Inner.RemoveObjectAsync(new RemoveObjectArgs().WithBucket(_bucket).WithObject(key), cancellationToken);
        }
        catch (S3MissingException)
        {
            // A missing object is not an error.
        }
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in InspectAsync(prefix, cancellationToken))
            yield return stored.Key;
    }

    public async IAsyncEnumerable<StoredObject> InspectAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var list = new ListObjectsArgs().WithBucket(_bucket).WithPrefix(prefix).WithRecursive(true);
        await foreach (var item in _clients.Inner.ListObjectsEnumAsync(list, cancellationToken))
            yield return new(item.Key, (long)item.Size, Moment(item.LastModified));
    }

    public async Task<bool> DeleteOlderAsync(string key, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        // S3 has no conditional delete that every service supports: a write between these two lines is lost. The janitor's grace period
        // makes that harmless.
        if (await StatAsync(key, cancellationToken) is not { } stored || stored.ModifiedAt >= moment)
            return false;
        await DeleteAsync(key, cancellationToken);
        return true;
    }

    public async Task<AbandonedWrites> RemoveAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var upload in (await UploadsAsync(cancellationToken)).Where(u => Moment(u.Initiated) < before))
            try
            {
                var remove = new RemoveIncompleteUploadArgs().WithBucket(_bucket).WithObject(upload.Key);
                await _clients.Of(upload.Key, upload.UploadId).RemoveIncompleteUploadAsync(remove, cancellationToken);
                count++;
            }
            catch (S3MissingException)
            {
                // Its writer has just ended it.
            }
        return new(count, 0);
    }

    public async Task<Uri> SignDownloadAsync(string key, string fileName, TimeSpan lifetime)
    {
        UrlRules.CheckDownload(key, lifetime);
        return await SignAsync(
            _clients.Public,
            key,
            lifetime,
            new()
            {
                ["response-content-disposition"] = UrlRules.Disposition(fileName),
                ["response-content-type"] = "application/octet-stream",
            }
        );
    }

    public void Dispose() => _clients.Dispose();

    /// <summary>Unfinished uploads of the bucket.</summary>
    internal async Task<List<Upload>> UploadsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await UploadsAsync("", cancellationToken);
        }
        catch (S3GroupedException)
        {
            // No key has this, so nothing is grouped. Other services support only an empty delimiter.
            return await UploadsAsync("//", cancellationToken);
        }
    }

    private async Task<List<Upload>> UploadsAsync(string delimiter, CancellationToken cancellationToken)
    {
        var all = new ListIncompleteUploadsArgs().WithBucket(_bucket).WithPrefix("").WithDelimiter(delimiter);
        return await _clients.Inner.ListIncompleteUploadsEnumAsync(all, cancellationToken).ToListAsync(cancellationToken);
    }

    /// <summary>The SDK takes the response to a range for an error, and cannot return a stream: we read its signed address.</summary>
    private async Task<HttpResponseMessage> GetAsync(string key, RangeHeaderValue? range, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        using var request = new HttpRequestMessage(HttpMethod.Get, await SignAsync(_clients.Inner, key, IObjectUrls.MaxLifetime, []));
        request.Headers.Range = range;
        request.Options.Set(S3Transport.Streamed, true);
        try
        {
            return await _clients.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (S3MissingException)
        {
            throw new ObjectNotFoundException(key);
        }
    }

    private async Task<Uri> SignAsync(IMinioClient client, string key, TimeSpan lifetime, Dictionary<string, string> response) =>
        new(
            await client.PresignedGetObjectAsync(
                new PresignedGetObjectArgs()
                    .WithBucket(_bucket)
                    .WithObject(key)
                    .WithExpiry((int)lifetime.TotalSeconds)
                    .WithRequestDate(_clock.GetUtcNow().UtcDateTime)
                    .WithHeaders(response)
            )
        );

    private async Task<StoredObject?> StatAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        try
        {
            var stat = await _clients.Inner.StatObjectAsync(new StatObjectArgs().WithBucket(_bucket).WithObject(key), cancellationToken);
            return new(key, stat.Size, stat.LastModified == default ? DateTimeOffset.MaxValue : stat.LastModified);
        }
        catch (S3MissingException)
        {
            return null;
        }
    }

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [LoggerMessage(LogLevel.Warning, "Removing the parts of an upload to {Key} failed; the janitor will remove them")]
    private partial void LogNotEnded(Exception failure, string key);
}
