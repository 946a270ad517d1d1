using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Domain.Common;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Datasets;

/// <summary>An import that was requested first, and the requests that upload its bytes.</summary>
public sealed class TheAddressOfAnUpload(ListeningApplication listening) : IClassFixture<ListeningApplication>
{
    private const int Size = 300_000;
    private readonly ApiApplication _app = listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private Task<ArchiveBench> BenchAsync() => ArchiveBench.CreateAsync(_app);

    /// <summary>Before, the row was deleted, and the promised address returned 404.</summary>
    [Theory]
    [InlineData(50_000)]
    [InlineData(2_000_000)]
    public async Task Takes_the_bytes_again_after_the_connection_broke(int after)
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        var body = new Endless(after, broken: true)
        {
            // Not before the server has begun to read.
            BeforeTheEnd = () => Eventually.HoldsAsync(() => bench.RowAsync(asked.Id), row => row.UploadClaim is not null),
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => bench.PutAsync(asked, new StreamContent(body)));
        var row = await Eventually.HoldsAsync(() => bench.RowAsync(asked.Id), row => row.UploadClaim is null);
        Assert.Equal((UploadState.Uploading, Size), (row.State, row.Size));
        await bench.AssertNothingStoredAsync();
        Assert.Equal((asked.Id, "queued"), State(await ArchiveBench.TakenAsync(await bench.PutAsync(asked, ArchiveBench.Measured(Size)))));
        await bench.AssertTakenOnceAsync(Size);
    }

    [Fact]
    public async Task Takes_an_archive_after_something_else()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        using var refused = await bench.PutAsync(asked, new ByteArrayContent(new byte[Size]));
        Assert.Equal("unsupported_archive", await refused.CodeAsync(HttpStatusCode.UnsupportedMediaType));
        await ArchiveBench.TakenAsync(await bench.PutAsync(asked, ArchiveBench.Measured(Size)));
    }

    [Fact]
    public async Task Takes_one_of_two_requests_and_tells_the_other_when_to_come_again()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        var (code, after) = ("", TimeSpan.Zero);
        var first = new Endless(Size, broken: false)
        {
            BeforeTheEnd = async () =>
            {
                await Eventually.HoldsAsync(() => bench.RowAsync(asked.Id), row => row.UploadClaim is not null);
                using var second = await bench.PutAsync(asked, ArchiveBench.Measured(Size));
                (code, after) = (await second.CodeAsync(HttpStatusCode.Conflict), second.Headers.RetryAfter!.Delta!.Value);
            },
        };
        Assert.Equal((asked.Id, "queued"), State(await ArchiveBench.TakenAsync(await bench.PutAsync(asked, new StreamContent(first)))));
        Assert.Equal("upload_under_way", code);
        Assert.InRange(after.TotalSeconds, 1, 60);
        await bench.AssertTakenOnceAsync(Size);
    }

    [Fact]
    public async Task Takes_one_of_twenty_requests_at_once()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => bench.PutAsync(asked, ArchiveBench.Unmeasured(Size))));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Accepted);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Accepted))
            Assert.Contains(await refused.CodeAsync(HttpStatusCode.Conflict), (string[])["upload_under_way", "import_started"]);
        await bench.AssertTakenOnceAsync(Size);
    }

    [Fact]
    public async Task Is_free_a_minute_after_the_process_that_took_the_bytes_was_killed()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        using var api = await ApiProcess.StartAsync(_app);
        using var http = new HttpClient { BaseAddress = api.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", bench.Session.Token);
        var body = new Endless(50_000, broken: false)
        {
            BeforeTheEnd = async () =>
            {
                await Eventually.HoldsAsync(() => bench.RowAsync(asked.Id), row => row.UploadClaim is not null);
                api.Process.Kill();
                await api.Process.WaitForExitAsync(Cancel);
            },
        };
        await Assert.ThrowsAsync<HttpRequestException>(() => http.PutAsync(asked.UploadUrl, new StreamContent(body), Cancel));
        Assert.Equal(UploadState.Uploading, (await bench.RowAsync(asked.Id)).State);
        await ConflictAsync("upload_under_way", bench.PutAsync(asked, ArchiveBench.Measured(Size)));
        await bench.AgeAsync(asked.Id, TimeSpan.FromSeconds(58));
        await ConflictAsync("upload_under_way", bench.PutAsync(asked, ArchiveBench.Measured(Size)));
        await bench.AgeAsync(asked.Id, TimeSpan.FromSeconds(61));
        await ArchiveBench.TakenAsync(await bench.PutAsync(asked, ArchiveBench.Measured(Size)));
        await bench.AssertTakenOnceAsync(Size);
        bench.SweepAsTheJanitor();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Belongs_to_the_second_request_when_the_first_comes_back_after_its_claim_has_lapsed(bool isBroken)
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        var second = ArchiveBench.Zip(1000, filler: 2);
        var first = new Endless(Size, isBroken)
        {
            BeforeTheEnd = async () =>
            {
                await Eventually.HoldsAsync(() => bench.RowAsync(asked.Id), row => row.UploadClaim is not null);
                await bench.AgeAsync(asked.Id, TimeSpan.FromSeconds(61));
                await ArchiveBench.TakenAsync(await bench.PutAsync(asked, new ByteArrayContent(second)));
            },
        };
        if (isBroken)
            await Assert.ThrowsAsync<HttpRequestException>(() => bench.PutAsync(asked, new StreamContent(first)));
        else
            await ConflictAsync("import_started", bench.PutAsync(asked, new StreamContent(first)));
        var row = await bench.RowAsync(asked.Id);
        Assert.Equal((UploadState.Received, second.Length, 1), (row.State, row.Size, await bench.AuditedAsync()));
        Assert.Equal(second, await bench.BytesAsync(asked.Id));
    }

    [Fact]
    public async Task Says_that_the_import_has_failed_and_why()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(Size);
        await bench.ChangeAsync(
            asked.Id,
            i =>
            {
                i.State = UploadState.Failed;
                i.Error = new("upload_abandoned", "The upload never ended", "Nothing more came for 24 hours.");
            }
        );
        using var answer = await bench.PutAsync(asked, ArchiveBench.Measured(Size));
        Assert.Contains("Nothing more came for 24 hours", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal("import_failed", await answer.CodeAsync(HttpStatusCode.Conflict));
        await bench.AssertNothingStoredAsync();
    }

    private static async Task ConflictAsync(string code, Task<HttpResponseMessage> put) =>
        await ArchiveBench.RefusedAsync(await put, code, HttpStatusCode.Conflict);

    private static (Guid, string) State(ImportResponse import) => (import.Id, import.State);
}
