using System.Net;
using GpuGeek.Domain.Models;
using GpuGeek.TestSupport;
using GpuGeek.Worker.Runs;
using GpuGeek.Worker.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GpuGeek.Worker.Tests.Runs;

/// <summary>Before, a run that needed weights that no worker has waited in the queue and then failed: Api could not know.</summary>
public sealed class PublishedWeightsThatAWorkerLacks(PostgresFixture postgres) : IDisposable
{
    private readonly Settings _settings = new(postgres);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _settings.Dispose();

    /// <summary>Responds to every address alike.</summary>
    private sealed class Internet(HttpStatusCode? answer) : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return answer is { } status
                ? Task.FromResult(new HttpResponseMessage(status))
                : throw new HttpRequestException("No route to host.");
        }
    }

    private WeightsAnnouncement Announcement(TestWorker worker, Internet internet)
    {
        var options = Options.Create(new WorkerOptions { Work = _settings.Work, Weights = Path.Combine(_settings.Work, "published") });
        return new(
            worker.Contexts,
            new(options, new HttpClient(internet)),
            options,
            TimeProvider.System,
            NullLogger<WeightsAnnouncement>.Instance
        );
    }

    private async Task<string[]> SaidAsync(TestWorker worker)
    {
        await using var db = worker.Contexts.System();
        return await db.WorkerWeights.Where(w => w.Worker.EndsWith(_settings.Work)).Select(w => w.Missing).SingleAsync(Cancel);
    }

    private void Put(ModelCard card)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_settings.Work, "published"));
        File.WriteAllBytes(Path.Combine(folder.FullName, card.Weights.FileName), [0]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired)]
    public async Task Are_announced_where_they_cannot_be_downloaded_either(HttpStatusCode? answer)
    {
        await using var worker = TestWorker.Create(_settings);
        var announcement = Announcement(worker, new(answer));
        await announcement.AnnounceAsync(Cancel);
        Assert.Equal(ModelCatalog.All.Keys.Order(StringComparer.Ordinal), (await SaidAsync(worker)).Order(StringComparer.Ordinal));

        Put(ModelCatalog.All["resnet18"]);
        await announcement.AnnounceAsync(Cancel);
        Assert.Equal(
            ModelCatalog.All.Keys.Except(["resnet18"]).Order(StringComparer.Ordinal),
            (await SaidAsync(worker)).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Are_none_where_their_addresses_answer_and_each_host_is_asked_once()
    {
        await using var worker = TestWorker.Create(_settings);
        var internet = new Internet(HttpStatusCode.OK);
        var announcement = Announcement(worker, internet);
        await announcement.AnnounceAsync(Cancel);
        await announcement.AnnounceAsync(Cancel);
        Assert.Empty(await SaidAsync(worker));
        Assert.Equal(ModelCatalog.All.Values.Select(c => c.Weights.Url.Host).Distinct().Count(), internet.Requests);
    }
}
