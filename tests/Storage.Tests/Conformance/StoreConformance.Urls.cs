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
            Bench.Urls().SignDownload(Bench.Key("uploads/é & co"), "mein \"Modell\" 猫.onnx", Minute),
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
        using var request = new HttpRequestMessage(HttpMethod.Get, Bench.Urls().SignDownload(Bench.Key("uploads/a"), "a", Minute))
        {
            Headers = { Range = new(100, 149) },
        };
        using var response = await Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal(Bytes(1000)[100..150], await response.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task A_signed_address_uploads_an_object()
    {
        using var response = await Http.PutAsync(
            Bench.Urls().SignUpload(Bench.Key("uploads/a"), Minute),
            new ByteArrayContent(Bytes(700_000)),
            Cancel
        );
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Bytes(700_000), await Bench.ReadAsync(Bench.Key("uploads/a")));
    }

    [Fact]
    public async Task A_signed_address_ends()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream([1]), Cancel);
        var past = Bench.Urls(new ShiftedClock(TimeSpan.FromMinutes(-3)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Get, past.SignDownload(Bench.Key("uploads/a"), "a", Minute)));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Put, past.SignUpload(Bench.Key("uploads/b"), Minute)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(HttpMethod.Get, past.SignDownload(Bench.Key("uploads/a"), "a", 10 * Minute)));
        Assert.Null(await Store.SizeAsync(Bench.Key("uploads/b"), Cancel));
    }

    [Fact]
    public async Task A_signed_address_is_good_for_its_method_alone()
    {
        await Store.PutAsync(Bench.Key("uploads/a"), new MemoryStream([1]), Cancel);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await StatusAsync(HttpMethod.Put, Bench.Urls().SignDownload(Bench.Key("uploads/a"), "a", Minute))
        );
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(HttpMethod.Get, Bench.Urls().SignUpload(Bench.Key("uploads/a"), Minute)));
        Assert.NotInRange(
            (int)await StatusAsync(HttpMethod.Delete, Bench.Urls().SignDownload(Bench.Key("uploads/a"), "a", Minute)),
            200,
            399
        );
        Assert.Equal([1], await Bench.ReadAsync(Bench.Key("uploads/a")));
    }

    [Fact]
    public async Task A_signed_address_of_nothing_finds_nothing() =>
        Assert.Equal(
            HttpStatusCode.NotFound,
            await StatusAsync(HttpMethod.Get, Bench.Urls().SignDownload(Bench.Key("uploads/nothing"), "a", Minute))
        );

    [Fact]
    public void Addresses_live_a_quarter_of_an_hour_at_most()
    {
        var urls = Bench.Urls();
        Assert.Throws<ArgumentOutOfRangeException>(() => urls.SignDownload(Bench.Key("uploads/a"), "a", TimeSpan.FromMinutes(15.1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => urls.SignUpload(Bench.Key("uploads/a"), TimeSpan.FromMinutes(15.1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => urls.SignDownload(Bench.Key("uploads/a"), "a", TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => urls.SignDownload("orgs/../a", "a", Minute));
    }

    [Fact]
    public void Content_addressed_objects_are_not_uploaded_by_an_address() =>
        Assert.Throws<ArgumentException>(() => Bench.Urls().SignUpload(ObjectKeys.Content(Bench.Org, HashOf([1])), Minute));

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
