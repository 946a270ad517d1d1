using System.Net;
using GpuGeek.Domain.Storage;
using static GpuGeek.Storage.Tests.Conformance.Bench;

namespace GpuGeek.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_signed_address_downloads_the_object_as_a_file()
    {
        await Store.PutAsync(Bench.Key("uploads/é & co"), new MemoryStream(Bytes(1000)), Cancel);
        using var response = await Http.GetAsync(
            await Bench.Urls().SignDownloadAsync(Bench.Key("uploads/é & co"), "mein \"Modell\" 猫.onnx", Minute),
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Bytes(1000), await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("mein \"Modell\" 猫.onnx", response.Content.Headers.ContentDisposition?.FileNameStar);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task A_signed_address_gives_ranges()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream(Bytes(1000)), Cancel);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            await Bench.Urls().SignDownloadAsync(Bench.Key("uploads/a"), "a", Minute)
        )
        {
            Headers = { Range = new(100, 149) },
        };
        using var response = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(Bytes(1000)[100..150], await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_signed_address_ends()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream([1]), Cancel);
        var past = Bench.Urls(new ShiftedClock(TimeSpan.FromMinutes(-3)));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await StatusAsync(HttpMethod.Get, await past.SignDownloadAsync(Bench.Key("uploads/a"), "a", Minute))
        );
        Assert.Equal(
            HttpStatusCode.OK,
            await StatusAsync(HttpMethod.Get, await past.SignDownloadAsync(Bench.Key("uploads/a"), "a", 10 * Minute))
        );
    }

    [Fact]
    public async Task A_signed_address_only_reads()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream([1]), Cancel);
        var address = await Bench.Urls().SignDownloadAsync(Bench.Key("uploads/a"), "a", Minute);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post, HttpMethod.Delete })
            Assert.NotInRange((int)await StatusAsync(method, address), 200, 399);
        Assert.Equal([1], await Bench.ReadAsync(Bench.Key("uploads/a")));
    }

    [Fact]
    public async Task A_signed_address_of_nothing_finds_nothing() =>
        Assert.Equal(
            HttpStatusCode.NotFound,
            await StatusAsync(HttpMethod.Get, await Bench.Urls().SignDownloadAsync(Bench.Key("uploads/nothing"), "a", Minute))
        );

    [Fact]
    public async Task Addresses_live_a_quarter_of_an_hour_at_most()
    {
        var urls = Bench.Urls();
        var key = Bench.Key("uploads/a");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => urls.SignDownloadAsync(key, "a", TimeSpan.FromMinutes(15.1)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => urls.SignDownloadAsync(key, "a", TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentException>(() => urls.SignDownloadAsync("orgs/../a", "a", Minute));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpMethod method, Uri address)
    {
        using var request = new HttpRequestMessage(method, address)
        {
            Content = method == HttpMethod.Put ? new ByteArrayContent([9]) : null,
        };
        using var response = await Http.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}

internal sealed class ShiftedClock(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
