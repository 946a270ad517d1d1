using System.Net;
using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace GpuGeek.Web.FrontDoor;

/// <summary>
/// When Api refuses a body without a length in its middle, it closes the connection, and its response is lost. The request is then
/// repeated with the length received so far: Api responds before it accepts the body, which is never sent.
/// </summary>
internal static class RefusedBody
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Counts the bytes read of a body without a length; other bodies are refused before they are sent.</summary>
    public static CountedBody? Count(HttpRequest request)
    {
        var canHaveBody = request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };
        if (request.ContentLength is not null || !canHaveBody)
            return null;
        var counted = new CountedBody(request.Body);
        request.Body = counted;
        return counted;
    }

    /// <returns>False: Api would accept a body of that length, or does not respond.</returns>
    public static async Task<bool> TryAnswerAsync(
        HttpContext context,
        long length,
        HttpMessageInvoker invoker,
        FrontTransformer transformer,
        WebOptions options
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Patience);
        using var request = new HttpRequestMessage(new(context.Request.Method), (Uri?)null) { Content = new NeverSent(length) };
        try
        {
            await transformer.TransformRequestAsync(context, request, options.ApiUrl, limit.Token);
            request.RequestUri = RequestUtilities.MakeDestinationAddress(options.ApiUrl, context.Request.Path, context.Request.QueryString);
            request.Headers.ExpectContinue = true;
            using var response = await invoker.SendAsync(request, limit.Token);
            if ((int)response.StatusCode < StatusCodes.Status400BadRequest)
                return false;
            context.Response.StatusCode = (int)response.StatusCode;
            await transformer.TransformResponseAsync(context, response, limit.Token);
            await response.Content.CopyToAsync(context.Response.Body, limit.Token);
            return true;
        }
        catch (Exception taken) when (taken is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class NeverSent(long length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            throw new HttpRequestException("Api asks for the body: it would have been taken.");

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}

/// <summary>A body whose bytes are counted as they are read.</summary>
internal sealed class CountedBody(Stream body) : BodyStream
{
    /// <summary>Bytes so far.</summary>
    public long Bytes { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken);
        Bytes += count;
        return count;
    }
}
