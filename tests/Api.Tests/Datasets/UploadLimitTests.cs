using System.Collections.Concurrent;
using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Jobs;
using GpuGeek.Infrastructure.Billing;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Datasets;

/// <summary>Before, a body without a length had no limit at all: 1,500 MiB went into a plan of 10 MiB.</summary>
public sealed class AnArchiveBeyondThePlan(ListeningApplication listening) : IClassFixture<ListeningApplication>
{
    private const int Room = 1 << 20;
    private readonly ApiApplication _app = listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<ArchiveBench> BenchAsync()
    {
        var bench = await ArchiveBench.CreateAsync(_app);
        await bench.LeaveAsync(Room);
        return bench;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_refused_alike_with_and_without_a_length_and_leaves_nothing(bool isMeasured)
    {
        using var bench = await BenchAsync();
        const int size = Room + (Room / 2);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(ArchiveBench.Body(size, isMeasured)), "plan_limit");
        Assert.Empty(await bench.RowsAsync());
        await bench.AssertNothingStoredAsync();
        // The space is free again, to the last byte.
        Assert.Equal(Room, (await ArchiveBench.TakenAsync(await bench.PutAsync(ArchiveBench.Unmeasured(Room)))).Size);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(ArchiveBench.Unmeasured(10)), "plan_limit");
    }

    [Fact]
    public async Task May_be_larger_than_was_announced_as_far_as_there_is_room()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(1000);
        Assert.Equal(Room, (await ArchiveBench.TakenAsync(await bench.PutAsync(asked, ArchiveBench.Unmeasured(Room)))).Size);
        Assert.Equal((UploadState.Received, Room), ((await bench.RowAsync(asked.Id)).State, (await bench.RowAsync(asked.Id)).Size));
    }

    [Fact]
    public async Task Fails_with_the_reason_where_more_comes_than_was_announced_and_there_is_room_for()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(1000);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(asked, ArchiveBench.Unmeasured(Room + 1)), "plan_limit");
        var row = await bench.RowAsync(asked.Id);
        Assert.Equal((UploadState.Failed, "plan_limit", 1000, null), (row.State, row.Error?.Code, row.Size, row.UploadClaim));
        Assert.NotNull(row.StoppedAt);
        await bench.AssertNothingStoredAsync();
        using var again = await bench.PutAsync(asked, ArchiveBench.Unmeasured(1000));
        Assert.Equal("import_failed", await again.CodeAsync(HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Keeps_its_address_where_its_length_alone_was_refused()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(1000);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(asked, ArchiveBench.Measured(Room + 1)), "plan_limit");
        await ArchiveBench.TakenAsync(await bench.PutAsync(asked, ArchiveBench.Measured(2000)));
    }

    [Fact]
    public async Task Is_larger_than_any_archive_may_be()
    {
        using var bench = await ArchiveBench.CreateAsync(_app);
        await bench.Session.PlanAsync("monthly");
        var refused = await Answers.RefusedAsync(() => bench.AskAsync((50L << 30) + 1));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (refused.Status, refused.Code));
        Assert.Contains("50 GiB", refused.Detail, StringComparison.Ordinal);
    }

    /// <summary>Before, running uploads did not count: each of many saw the whole space as free.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Is_one_of_forty_that_come_at_once(bool isMeasured)
    {
        using var bench = await BenchAsync();
        const int size = 300 << 10;
        var answers = new ConcurrentBag<string>();
        await Task.WhenAll(
            Enumerable
                .Range(0, 40)
                .Select(async i =>
                {
                    using var answer = await bench.PutAsync(ArchiveBench.Body(size, isMeasured), $"{i}.zip");
                    var isTaken = answer.StatusCode == HttpStatusCode.Accepted;
                    answers.Add(isTaken ? "taken" : await answer.CodeAsync(HttpStatusCode.UnprocessableEntity));
                })
        );
        var taken = answers.Count(a => a == "taken");
        Assert.Equal((40 - taken, Math.Min(taken, Room / size)), (answers.Count(a => a == "plan_limit"), taken));
        // Of unknown length, each takes room as it comes: forty that grow alike can all find it full before one has ended.
        if (isMeasured)
            Assert.NotEqual(0, taken);
        Assert.Equal(Enumerable.Repeat((long)size, taken), await bench.StoredAsync());
        Assert.Equal(taken, (await bench.RowsAsync()).Count);
    }

    [Fact]
    public async Task Is_the_second_of_two_that_fit_alone_but_not_together()
    {
        using var bench = await BenchAsync();
        const int size = 700 << 10;
        var refused = "";
        var first = new Endless(size, broken: false)
        {
            BeforeTheEnd = async () =>
            {
                await Eventually.HoldsAsync(bench.RowsAsync, rows => rows.Count == 1 && rows[0].Size >= size);
                using var second = await bench.PutAsync(ArchiveBench.Unmeasured(size), "second.zip");
                refused = await second.CodeAsync(HttpStatusCode.UnprocessableEntity);
            },
        };
        await ArchiveBench.TakenAsync(await bench.PutAsync(new StreamContent(first)));
        Assert.Equal("plan_limit", refused);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(ArchiveBench.Unmeasured(size)), "plan_limit");
    }

    [Fact]
    public async Task Counts_while_it_waits_and_what_is_left_of_it_while_it_is_read()
    {
        using var bench = await BenchAsync();
        var import = await ArchiveBench.TakenAsync(await bench.PutAsync(ArchiveBench.Measured(800_000)));
        Assert.Equal("plan_limit", (await Answers.RefusedAsync(() => bench.AskAsync(400_000))).Code);
        await bench.ChangeJobAsync(import.Id, JobState.Running);
        Assert.Equal("plan_limit", (await Answers.RefusedAsync(() => bench.AskAsync(400_000))).Code);
        var picture = (await bench.Session.AddImagesAsync(bench.Dataset, "rose", 1)).Single().Id;
        await using (var db = _app.SystemDatabase())
        {
            await db
                .DatasetImages.IgnoreTenantFilter()
                .Where(i => i.Id == picture)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.ImportId, import.Id).SetProperty(i => i.Bytes, 500_000), Cancel);
            // What has become a picture counts once.
            var all = await PlanGate.UsageAsync(db, bench.Org, Planted.Now, Cancel);
            var others = await PlanGate.UsageAsync(db, bench.Org, Planted.Now, Cancel, without: import.Id);
            const long before = (50L << 30) - Room;
            Assert.Equal((before + 800_000, before + 500_000), (all.StorageBytes, others.StorageBytes));
        }
        await bench.ChangeJobAsync(import.Id, JobState.Succeeded);
        await bench.AskAsync(400_000);
    }

    [Fact]
    public async Task Counts_for_an_hour_after_its_last_byte_and_then_asks_for_room_again()
    {
        using var bench = await BenchAsync();
        var asked = await bench.AskAsync(800_000);
        Assert.Equal("plan_limit", (await Answers.RefusedAsync(() => bench.AskAsync(800_000))).Code);
        await bench.AgeAsync(asked.Id, TimeSpan.FromMinutes(61));
        var other = await bench.AskAsync(800_000);
        await ArchiveBench.RefusedAsync(await bench.PutAsync(asked, ArchiveBench.Measured(800_000)), "plan_limit");
        await bench.Session.Client.CancelImportAsync(bench.Session.Org, bench.Dataset, other.Id, Cancel);
        await ArchiveBench.TakenAsync(await bench.PutAsync(asked, ArchiveBench.Measured(800_000)));
    }
}
