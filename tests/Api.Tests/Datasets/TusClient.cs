using System.Globalization;
using System.Net;
using GpuGeek.Contracts.Datasets;

namespace GpuGeek.Api.Tests.Datasets;

/// <summary>Requests of the protocol tus 1.0, as its specification has them.</summary>
internal static class TusClient
{
    private const string Type = "application/offset+octet-stream";

    public static async Task<HttpResponseMessage> SendAsync(
        HttpClient http,
        HttpMethod method,
        string url,
        HttpContent? body = null,
        params (string Name, string? Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, url) { Content = body };
        request.Headers.Add("Tus-Resumable", "1.0.0");
        if (body is not null)
            body.Headers.ContentType = new(Type);
        foreach (var (name, value) in headers)
        {
            System.Net.Http.Headers.HttpHeaders to = name == "Content-Type" ? body!.Headers : request.Headers;
            to.Remove(name);
            if (value is not null)
                to.TryAddWithoutValidation(name, value);
        }
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ApiApplication.Cancel);
    }

    public static Task<HttpResponseMessage> PatchAsync(HttpClient http, ImportResponse upload, long offset, HttpContent body) =>
        SendAsync(http, HttpMethod.Patch, upload.ResumeUrl!, body, ("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)));

    public static async Task<long> OffsetAsync(HttpClient http, ImportResponse upload)
    {
        using var answer = await SendAsync(http, HttpMethod.Head, upload.ResumeUrl!);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        return long.Parse(answer.Headers.GetValues("Upload-Offset").Single(), CultureInfo.InvariantCulture);
    }
}

/// <summary>A part of some bytes whose connection breaks, if asked, after them.</summary>
internal sealed class CutContent(byte[] bytes, int from, int count, bool isCut) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes.AsMemory(from, count), ApiApplication.Cancel);
        await stream.FlushAsync(ApiApplication.Cancel);
        if (isCut)
            throw new IOException("The cable was pulled.");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length - from;
        return true;
    }
}

/// <summary>The bytes from an offset on, in pieces of a megabyte; after each, what was sent is told.</summary>
internal sealed class SlowContent(byte[] bytes, int from, Func<int, Task> sent) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var at = from; at < bytes.Length; at += 1_000_000)
        {
            await stream.WriteAsync(bytes.AsMemory(at, Math.Min(1_000_000, bytes.Length - at)), ApiApplication.Cancel);
            await stream.FlushAsync(ApiApplication.Cancel);
            await sent(at - from + 1_000_000);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length - from;
        return true;
    }
}
