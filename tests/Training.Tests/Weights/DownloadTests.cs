using System.Security.Cryptography;
using GpuGeek.Domain.Models;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class DownloadingWeights : IDisposable
{
    private readonly byte[] _bytes = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7 >> 3))];
    private readonly TempFolder _cache = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Kept => _cache.File("w.pth");

    public void Dispose()
    {
        _http.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task Resumes_where_it_was_interrupted()
    {
        using var server = new FileServer(_bytes) { BreakAfter = 60_000, Breaks = 2 };
        await AssertWhole(Download(server));
        Assert.Equal([0, 60_000, 120_000], server.Starts);
    }

    [Fact]
    public async Task Resumes_the_next_time_after_it_failed()
    {
        using var server = new FileServer(_bytes) { BreakAfter = 10_000 };
        var refused = await Assert.ThrowsAsync<WeightsException>(() => Download(server));
        Assert.Equal("weights_unavailable", refused.Code);
        Assert.False(File.Exists(Kept));
        server.BreakAfter = null;
        await AssertWhole(Download(server));
        Assert.Equal([0, 10_000, 20_000, 30_000, 40_000, 50_000], server.Starts);
    }

    [Fact]
    public async Task Restarts_if_the_server_does_not_support_ranges()
    {
        using var server = new FileServer(_bytes)
        {
            BreakAfter = 60_000,
            Breaks = 1,
            KnowsRanges = false,
        };
        await AssertWhole(Download(server));
        Assert.Equal([0, 0], server.Starts);
    }

    [Fact]
    public async Task Restarts_if_the_file_has_changed()
    {
        using var server = new FileServer([.. _bytes.Select(b => (byte)~b)]) { BreakAfter = 60_000 };
        await Assert.ThrowsAsync<WeightsException>(() => Download(server));
        (server.File, server.Tag, server.BreakAfter) = (_bytes, "\"two\"", null);
        await AssertWhole(Download(server));
        Assert.Equal(0, server.Starts.Last());
    }

    [Fact]
    public async Task Restarts_if_the_partial_file_is_damaged()
    {
        using var server = new FileServer(_bytes) { BreakAfter = 10_000 };
        await Assert.ThrowsAsync<WeightsException>(() => Download(server));
        using (var part = new FileStream(Kept + ".part", FileMode.Open, FileAccess.ReadWrite))
            part.WriteByte(0xff);
        server.BreakAfter = null;
        await AssertWhole(Download(server));
        Assert.Equal([50_000, 0], server.Starts.TakeLast(2));
    }

    [Fact]
    public async Task Keeps_nothing_with_the_wrong_hash()
    {
        using var server = new FileServer(_bytes);
        var refused = await Assert.ThrowsAsync<WeightsException>(() => Download(server, bytes: [1]));
        Assert.Contains("wrong hash", refused.Message, StringComparison.Ordinal);
        Assert.Equal([Kept + ".lock"], Directory.EnumerateFiles(_cache.Path));
    }

    [Fact]
    public async Task Happens_once_for_two_workers()
    {
        using var server = new FileServer(_bytes);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AssertWhole(Download(server))));
        Assert.Equal([0], server.Starts);
    }

    private Task<string> Download(FileServer server, byte[]? bytes = null)
    {
        var prefix = Convert.ToHexStringLower(SHA256.HashData(bytes ?? _bytes))[..8];
        var card = ModelCatalog.All["resnet18"] with { Weights = new PublishedWeights(new Uri(server.Address, "w.pth"), prefix) };
        return new WeightsDownload(card, _cache.Path, _http, TimeProvider.System) { Pause = TimeSpan.Zero }.RunAsync(Cancel);
    }

    private async Task AssertWhole(Task<string> download)
    {
        Assert.Equal(Kept, await download);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(Kept, Cancel));
        Assert.False(File.Exists(Kept + ".part"));
    }
}
