using System.Buffers;
using System.Globalization;
using System.Text;
using System.Xml.Linq;
using GpuGeek.Domain.Storage;

namespace GpuGeek.Infrastructure.Storage.S3;

/// <summary>One write: one request if it fits into a part, else parts that the last request combines into an object. One part is in
/// memory at a time.</summary>
internal sealed class S3Upload(S3Client client, string key, int partBytes, Action<Exception, string> notAborted)
{
    private const int MaxParts = 10_000;
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(30);

    private readonly List<string> _tags = [];

    public async Task<long> PutAsync(Stream content, CancellationToken cancellationToken)
    {
        // The length of a seekable stream shows whether a small buffer is enough.
        var capacity = content.CanSeek ? (int)Math.Min(partBytes, content.Length - content.Position + 1) : partBytes;
        var buffer = ArrayPool<byte>.Shared.Rent(capacity);
        try
        {
            using var check = new ContentCheck(key);
            var part = await FillAsync(content, buffer.AsMemory(0, capacity), check, cancellationToken);
            if (part.Length < capacity)
            {
                check.Finish();
                (await client.SendAsync(new(HttpMethod.Put, key) { Body = part }, cancellationToken) ?? throw Gone()).Dispose();
                return part.Length;
            }
            return await PutPartsAsync(content, part, check, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task<long> PutPartsAsync(Stream content, Memory<byte> part, ContentCheck check, CancellationToken cancellationToken)
    {
        var id = await BeginAsync(cancellationToken);
        try
        {
            var (size, buffer) = (0L, part);
            while (part.Length > 0)
            {
                await PutPartAsync(id, part, cancellationToken);
                size += part.Length;
                part = part.Length < buffer.Length ? Memory<byte>.Empty : await FillAsync(content, buffer, check, cancellationToken);
            }
            check.Finish();
            await CompleteAsync(id, cancellationToken);
            return size;
        }
        catch
        {
            await AbortAsync(id);
            throw;
        }
    }

    private async Task<string> BeginAsync(CancellationToken cancellationToken)
    {
        var response = await client.SendAsync(new(HttpMethod.Post, key, ("uploads", "")), cancellationToken) ?? throw Gone();
        var answer = await client.ReadXmlAsync(response, cancellationToken);
        return answer.Elements().FirstOrDefault(e => e.Name.LocalName == "UploadId")?.Value
            ?? throw new ObjectStoreException("The object store started an upload without an upload id.");
    }

    private async Task PutPartAsync(string id, ReadOnlyMemory<byte> part, CancellationToken cancellationToken)
    {
        if (_tags.Count == MaxParts)
            throw new ObjectStoreException($"'{key}' is larger than {MaxParts} parts of {partBytes >> 20} MiB, the maximum of S3.");
        var number = (_tags.Count + 1).ToString(CultureInfo.InvariantCulture);
        using var response =
            await client.SendAsync(new(HttpMethod.Put, key, ("partNumber", number), ("uploadId", id)) { Body = part }, cancellationToken)
            ?? throw Gone();
        _tags.Add(response.Headers.ETag?.Tag ?? throw new ObjectStoreException("The object store accepted a part without an ETag."));
    }

    private async Task CompleteAsync(string id, CancellationToken cancellationToken)
    {
        var list = new XElement(
            "CompleteMultipartUpload",
            _tags.Select((tag, i) => new XElement("Part", new XElement("PartNumber", i + 1), new XElement("ETag", tag)))
        );
        var request = new S3Request(HttpMethod.Post, key, ("uploadId", id))
        {
            Body = Encoding.UTF8.GetBytes(list.ToString(SaveOptions.DisableFormatting)),
            Repeatable = false,
            Patience = TimeSpan.FromMinutes(10),
        };
        var response = await client.SendAsync(request, cancellationToken) ?? throw Gone();
        // A failure after the response headers were sent has status 200 and an error in the body.
        var answer = await client.ReadXmlAsync(response, cancellationToken);
        if (answer.Name.LocalName == "Error")
            throw new ObjectStoreException(
                $"The object store could not assemble the parts of '{key}': "
                    + $"{answer.Elements().FirstOrDefault(e => e.Name.LocalName == "Message")?.Value}"
            );
    }

    private async Task AbortAsync(string id)
    {
        // Also after a cancellation: the parts use space until they are removed.
        using var patience = new CancellationTokenSource(AbortPatience);
        try
        {
            (await client.SendAsync(new(HttpMethod.Delete, key, ("uploadId", id)), patience.Token))?.Dispose();
        }
        catch (Exception failure) when (failure is ObjectStoreException or OperationCanceledException)
        {
            notAborted(failure, key);
        }
    }

    private static async Task<Memory<byte>> FillAsync(
        Stream content,
        Memory<byte> buffer,
        ContentCheck check,
        CancellationToken cancellationToken
    )
    {
        var read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        check.Add(buffer.Span[..read]);
        return buffer[..read];
    }

    private ObjectStoreException Gone() => new($"The object store refused '{key}': it has no such bucket or upload.");
}
