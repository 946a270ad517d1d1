using System.Collections.Concurrent;
using GpuGeek.Domain.Storage;
using GpuGeek.Infrastructure.Storage;
using GpuGeek.Storage.Tests.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Storage.Tests.S3;

/// <summary>No real service can be made to fail in its last moment, so this one is made up.</summary>
public sealed class AServiceThatFailsAfterItSaidOk
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    [Fact]
    public async Task Is_not_believed_and_the_upload_is_ended()
    {
        var asked = new ConcurrentQueue<string>();
        await using var service = await StartAsync(asked);
        using var store = S3Bench.Store(Options(service), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            store.PutAsync("orgs/a", new MemoryStream(Bench.Bytes(20_000_000)), 20_000_000, Bench.Cancel)
        );
        Assert.Contains("InternalError", failure.Message, StringComparison.Ordinal);
        // The request that combines the parts is not made twice: begin, two parts, combine, end.
        Assert.Equal(["POST", "PUT", "PUT", "POST", "DELETE"], asked);
    }

    [Fact]
    public async Task Is_not_taken_for_an_empty_bucket()
    {
        await using var service = await StartAsync([]);
        using var store = S3Bench.Store(Options(service), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(async () =>
            await store.ListAsync("orgs/", Bench.Cancel).ToListAsync(Bench.Cancel)
        );
        Assert.Contains("GPUGEEK_S3_ENDPOINT", failure.Message, StringComparison.Ordinal);
    }

    private static ObjectStoreOptions Options(WebApplication service) =>
        new()
        {
            Endpoint = service.Urls.Single(),
            Bucket = "pictures",
            AccessKey = "a",
            SecretKey = "s",
        };

    private static async Task<WebApplication> StartAsync(ConcurrentQueue<string> asked)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = builder.Build();
        service.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            asked.Enqueue(http.Request.Method);
            http.Response.Headers.ETag = "\"e\"";
            await http.Response.WriteAsync(Answer(http.Request), http.RequestAborted);
        });
        await service.StartAsync(Bench.Cancel);
        return service;
    }

    private static string Answer(HttpRequest request) =>
        (request.Method, request.Query.ContainsKey("uploads")) switch
        {
            ("POST", true) =>
                $"""<InitiateMultipartUploadResult xmlns="{Namespace}"><UploadId>1</UploadId></InitiateMultipartUploadResult>""",
            ("POST", false) => "<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>",
            ("GET", false) => "<html><body>Welcome!</body></html>",
            _ => "",
        };
}
