using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Xml.Linq;
using GpuGeek.Domain.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>The object store in a bucket of its own in an S3-compatible service.</summary>
internal sealed partial class S3ObjectStore : IObjectStore, IObjectUrls, IDisposable
{
    private readonly S3Client _client;
    private readonly S3Signature _signature;
    private readonly ObjectStoreOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<S3ObjectStore> _logger;

    public S3ObjectStore(IOptions<ObjectStoreOptions> options, TimeProvider clock, ILogger<S3ObjectStore> logger)
    {
        (_options, _clock, _logger) = (options.Value, clock, logger);
        _signature = new(_options.AccessKey, _options.SecretKey, _options.Region);
        _client = new(_options, _signature, clock);
    }

    public long? FreeBytes => null;

    public async Task<long> PutAsync(string key, Stream content, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        return await new S3Upload(_client, key, _options.PartBytes, LogNotAborted).PutAsync(content, cancellationToken);
    }

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
        await PutAsync(key, file, cancellationToken);
    }

    public async Task<Stream> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        var response = await _client.SendAsync(new(HttpMethod.Get, key), cancellationToken) ?? throw new ObjectNotFoundException(key);
        return new S3BodyStream(key, response, await response.Content.ReadAsStreamAsync(cancellationToken), whole: true);
    }

    public async Task<Stream> OpenReadAsync(string key, long offset, long length, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length == 0)
            return await SizeAsync(key, cancellationToken) is null ? throw new ObjectNotFoundException(key) : Stream.Null;
        long? last = length > long.MaxValue - offset ? null : offset + length - 1;
        var response =
            await _client.SendAsync(new(HttpMethod.Get, key) { Range = new(offset, last) }, cancellationToken)
            ?? throw new ObjectNotFoundException(key);
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

    public async Task<long?> SizeAsync(string key, CancellationToken cancellationToken) => (await HeadAsync(key, cancellationToken))?.Size;

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        (await _client.SendAsync(new(HttpMethod.Delete, key), cancellationToken))?.Dispose();
    }

    public async IAsyncEnumerable<string> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var stored in InspectAsync(prefix, cancellationToken))
            yield return stored.Key;
    }

    public async IAsyncEnumerable<StoredObject> InspectAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            (string, string)[] query =
            [
                ("list-type", "2"),
                ("prefix", prefix),
                .. token is null ? [] : new[] { ("continuation-token", token) },
            ];
            var page = await ListPageAsync(query, cancellationToken);
            foreach (var entry in page.Elements().Where(e => e.Name.LocalName == "Contents"))
                yield return new(
                    Text(entry, "Key"),
                    long.Parse(Text(entry, "Size"), CultureInfo.InvariantCulture),
                    Moment(entry, "LastModified")
                );
            token = Text(page, "IsTruncated") == "true" ? Text(page, "NextContinuationToken") : null;
        } while (token is not null);
    }

    public async Task<bool> DeleteOlderAsync(string key, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        // S3 has no conditional delete that every service supports: a write between these two lines is lost. The janitor's grace period
        // makes that harmless.
        if (await HeadAsync(key, cancellationToken) is not { } stored || stored.ModifiedAt >= moment)
            return false;
        await DeleteAsync(key, cancellationToken);
        return true;
    }

    public async Task<AbandonedWrites> RemoveAbandonedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var (key, id) in await UploadsAsync(before, cancellationToken))
        {
            (await _client.SendAsync(new(HttpMethod.Delete, key, ("uploadId", id)), cancellationToken))?.Dispose();
            count++;
        }
        return new(count, 0);
    }

    public Uri SignDownload(string key, string fileName, TimeSpan lifetime)
    {
        UrlRules.CheckDownload(key, lifetime);
        return _signature.Presign(
            HttpMethod.Get,
            Public(
                key,
                ("response-content-disposition", UrlRules.Disposition(fileName)),
                ("response-content-type", "application/octet-stream")
            ),
            lifetime,
            _clock.GetUtcNow()
        );
    }

    public Uri SignUpload(string key, TimeSpan lifetime)
    {
        UrlRules.CheckUpload(key, lifetime);
        return _signature.Presign(HttpMethod.Put, Public(key), lifetime, _clock.GetUtcNow());
    }

    public void Dispose() => _client.Dispose();

    private S3Address Public(string key, params (string, string)[] query) =>
        new(new(_options.PublicEndpoint.Length > 0 ? _options.PublicEndpoint : _options.Endpoint), _options.Bucket, key, query);

    private async Task<StoredObject?> HeadAsync(string key, CancellationToken cancellationToken)
    {
        ObjectKeys.Check(key);
        using var response = await _client.SendAsync(new(HttpMethod.Head, key), cancellationToken);
        if (response is not null)
            return new(key, response.Content.Headers.ContentLength ?? 0, response.Content.Headers.LastModified ?? DateTimeOffset.MaxValue);
        // A HEAD has no body that would distinguish a missing bucket from a missing object.
        await ListPageAsync([("list-type", "2"), ("max-keys", "1")], cancellationToken);
        return null;
    }

    private async Task<XElement> ListPageAsync((string, string)[] query, CancellationToken cancellationToken)
    {
        var response =
            await _client.SendAsync(new(HttpMethod.Get, "", query), cancellationToken)
            ?? throw new ObjectStoreException(
                $"The object store has no bucket '{_options.Bucket}'. Create it with deploy/object-store/seed.py."
            );
        return await _client.ReadXmlAsync(response, cancellationToken);
    }

    /// <summary>Unfinished multipart uploads that started before the given time.</summary>
    public async Task<List<(string Key, string Id)>> UploadsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var uploads = new List<(string, string)>();
        var (key, id, more) = ("", "", true);
        while (more)
        {
            (string, string)[] query = [("uploads", ""), .. key.Length == 0 ? [] : new[] { ("key-marker", key), ("upload-id-marker", id) }];
            var page = await ListPageAsync(query, cancellationToken);
            uploads.AddRange(
                page.Elements()
                    .Where(e => e.Name.LocalName == "Upload" && Moment(e, "Initiated") < before)
                    .Select(e => (Text(e, "Key"), Text(e, "UploadId")))
            );
            more = Text(page, "IsTruncated") == "true";
            if (more)
                (key, id) = (Text(page, "NextKeyMarker"), Text(page, "NextUploadIdMarker"));
        }
        return uploads;
    }

    private static string Text(XElement parent, string name) =>
        parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value
        ?? throw new ObjectStoreException($"The object store's response has no <{name}>: it does not implement S3 as documented.");

    private static DateTimeOffset Moment(XElement parent, string name) =>
        DateTimeOffset.Parse(Text(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [LoggerMessage(LogLevel.Warning, "Removing the parts of an upload to {Key} failed; the janitor will remove them")]
    private partial void LogNotAborted(Exception failure, string key);
}
