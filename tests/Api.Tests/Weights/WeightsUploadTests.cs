using System.Net;
using GpuGeek.Api.Tests.Datasets;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Weights;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Storage;
using GpuGeek.Domain.Weights;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Weights;

/// <summary>The bytes of a weights file, over a real socket.</summary>
public sealed class TheBytesOfWeights(ListeningApplication listening) : IClassFixture<ListeningApplication>
{
    private const int Size = 300_000;
    private readonly ApiApplication _app = listening.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession Session, WeightsResponse Asked, HttpClient Http)> AskAsync()
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        var request = new CreateWeightsRequest
        {
            Project = Planted.Project,
            Name = "mine.pth",
            Size = Size,
        };
        return (session, await session.Client.CreateWeightsAsync(session.Org, request, Cancel), ListeningApplication.Streaming(session));
    }

    private async Task<UploadedWeights> RowAsync(Guid id)
    {
        await using var db = _app.SystemDatabase();
        return await db.UploadedWeights.IgnoreTenantFilter().AsNoTracking().SingleAsync(w => w.Id == id, Cancel);
    }

    private async Task ChangeAsync(Guid id, Action<UploadedWeights> change)
    {
        await using var db = _app.SystemDatabase();
        change(await db.UploadedWeights.IgnoreTenantFilter().SingleAsync(w => w.Id == id, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    private async Task<long?> StoredAsync(TenantSession session, Guid id) =>
        await _app.Store().SizeAsync(ObjectKeys.Upload(await session.OrgIdAsync(), id), Cancel);

    [Fact]
    public async Task End_where_more_come_than_were_announced_and_may_be_sent_again()
    {
        var (session, asked, http) = await AskAsync();
        foreach (var length in (int[])[Size + 1, Size / 2])
        {
            using var refused = await http.PutAsync(asked.UploadUrl, new StreamContent(new Endless(length, broken: false)), Cancel);
            Assert.Equal("size_differs", await refused.CodeAsync(HttpStatusCode.UnprocessableEntity));
            Assert.Null(await StoredAsync(session, asked.Id));
        }
        using var broken = new StreamContent(new Endless(Size / 2, broken: true));
        await Assert.ThrowsAsync<HttpRequestException>(() => http.PutAsync(asked.UploadUrl, broken, Cancel));
        await Eventually.HoldsAsync(
            async () =>
            {
                using var again = await http.PutAsync(asked.UploadUrl, new ByteArrayContent(new byte[Size]), Cancel);
                return again.StatusCode;
            },
            status => status == HttpStatusCode.Accepted,
            within: TimeSpan.FromSeconds(30)
        );
        Assert.Equal(Size, await StoredAsync(session, asked.Id));
    }

    [Fact]
    public async Task Come_from_one_of_two_requests()
    {
        var (_, asked, http) = await AskAsync();
        var code = "";
        var first = new Endless(Size, broken: false)
        {
            BeforeTheEnd = async () =>
            {
                await Eventually.HoldsAsync(() => RowAsync(asked.Id), row => row.UploadClaim is not null);
                using var second = await http.PutAsync(asked.UploadUrl, new ByteArrayContent(new byte[Size]), Cancel);
                Assert.NotNull(second.Headers.RetryAfter);
                code = await second.CodeAsync(HttpStatusCode.Conflict);
            },
        };
        using var taken = await http.PutAsync(asked.UploadUrl, new StreamContent(first), Cancel);
        Assert.Equal((HttpStatusCode.Accepted, "upload_under_way"), (taken.StatusCode, code));
    }

    [Fact]
    public async Task Belong_to_whoever_took_over_a_lapsed_claim()
    {
        var (session, asked, http) = await AskAsync();
        var first = new Endless(Size, broken: false)
        {
            BeforeTheEnd = async () =>
            {
                await Eventually.HoldsAsync(() => RowAsync(asked.Id), row => row.UploadClaim is not null);
                await ChangeAsync(asked.Id, w => w.UploadActiveAt = Planted.Now - TimeSpan.FromSeconds(61));
                using var second = await http.PutAsync(asked.UploadUrl, new ByteArrayContent(new byte[Size]), Cancel);
                Assert.Equal(HttpStatusCode.Accepted, second.StatusCode);
            },
        };
        using var late = await http.PutAsync(asked.UploadUrl, new StreamContent(first), Cancel);
        Assert.Equal("weights_uploaded", await late.CodeAsync(HttpStatusCode.Conflict));
        Assert.Equal((UploadState.Received, (long)Size), ((await RowAsync(asked.Id)).State, await StoredAsync(session, asked.Id)));
    }

    [Fact]
    public async Task Are_refused_with_the_reason_if_the_file_has_failed()
    {
        var (_, asked, http) = await AskAsync();
        await ChangeAsync(
            asked.Id,
            w =>
            {
                w.State = UploadState.Failed;
                w.Error = new("upload_abandoned", "The upload never ended", "Nothing more came for 24 hours.");
            }
        );
        using var refused = await http.PutAsync(asked.UploadUrl, new ByteArrayContent(new byte[Size]), Cancel);
        Assert.Contains("Nothing more came for 24 hours", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal("weights_failed", await refused.CodeAsync(HttpStatusCode.Conflict));
    }
}
