using System.Net;
using System.Security.Cryptography;
using GpuGeek.Domain.Models;
using GpuGeek.TestSupport;
using GpuGeek.Training.Tests.Support;
using GpuGeek.Training.Weights;

namespace GpuGeek.Training.Tests.Weights;

public sealed class FindingWeights : IDisposable
{
    private static readonly ModelCard Card = ModelCatalog.All["mobilenet_v2"];
    private readonly TempFolder _folder = new(),
        _cache = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public async Task Takes_a_file_from_the_folder_whose_name_ends_in_its_hash()
    {
        byte[] bytes = [1, 2, 3];
        var path = _folder.File($"mobilenet_v2-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..8]}.pth");
        File.WriteAllBytes(path, bytes);
        Assert.Equal(path, await Resolve());
    }

    [Fact]
    public async Task Takes_the_shared_MobileNetV2()
    {
        if (SharedData.WeightsFolder is not { } folder)
        {
            Assert.Skip("../shared/weights is absent.");
            return;
        }
        Assert.Equal(
            "mobilenet_v2-a176b74e.pth",
            Path.GetFileName(await WeightsCatalog.ResolveAsync(Card, folder, _cache.Path, null, TestContext.Current.CancellationToken))
        );
    }

    [Fact]
    public async Task Passes_over_files_of_another_hash_or_architecture_and_says_what_to_do()
    {
        File.WriteAllBytes(_folder.File("mobilenet_v2-deadbeef.pth"), [1]);
        File.WriteAllBytes(_folder.File($"resnet18-{Convert.ToHexStringLower(SHA256.HashData([2]))[..8]}.pth"), [2]);
        var missing = await Assert.ThrowsAsync<WeightsException>(() => Resolve());
        Assert.Equal("weights_unavailable", missing.Code);
        foreach (var part in new[] { Card.Weights.Url.ToString(), Card.Weights.FileName, "GPUGEEK_WEIGHTS" })
            Assert.Contains(part, missing.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Downloads_once_and_keeps_what_has_the_right_hash()
    {
        byte[] bytes = [4, 5, 6];
        var prefix = Convert.ToHexStringLower(SHA256.HashData(bytes))[..8];
        var card = Card with { Weights = new PublishedWeights(new Uri($"https://weights.example/mobilenet_v2-{prefix}.pth"), prefix) };
        using var server = new Answering(HttpStatusCode.OK, bytes);
        using var http = new HttpClient(server);
        var path = await WeightsCatalog.ResolveAsync(card, null, _cache.Path, http, TestContext.Current.CancellationToken);
        Assert.Equal(path, await WeightsCatalog.ResolveAsync(card, null, _cache.Path, http, TestContext.Current.CancellationToken));
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task Keeps_nothing_of_a_wrong_or_refused_download(HttpStatusCode status)
    {
        using var server = new Answering(status, [9]);
        using var http = new HttpClient(server);
        var missing = await Assert.ThrowsAsync<WeightsException>(() =>
            WeightsCatalog.ResolveAsync(Card, null, _cache.Path, http, TestContext.Current.CancellationToken)
        );
        Assert.Equal("weights_unavailable", missing.Code);
        Assert.All(Directory.EnumerateFiles(_cache.Path), path => Assert.EndsWith(".lock", path, StringComparison.Ordinal));
    }

    private Task<string> Resolve() =>
        WeightsCatalog.ResolveAsync(Card, _folder.Path, _cache.Path, null, TestContext.Current.CancellationToken);

    private sealed class Answering(HttpStatusCode status, byte[] bytes) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(new HttpResponseMessage(status) { Content = new ByteArrayContent(bytes) });
        }
    }
}
