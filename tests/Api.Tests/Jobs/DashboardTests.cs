using System.Net;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Jobs;

public sealed class TheDashboardOfRecurringWork(PostgresFixture postgres) : IAsyncDisposable
{
    private readonly ApiApplication _app = new(postgres);

    private static CancellationToken Cancel => ApiApplication.Cancel;

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Is_for_the_operator_alone()
    {
        var member = await _app.RegisterAsync();
        foreach (var path in (string[])["/operator/jobs", "/operator/jobs/recurring", "/operator/jobs/js1"])
        {
            using var refused = await member.Http.GetAsync(path, Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            using var change = await member.Http.PostAsync("/operator/jobs/recurring/trigger", new FormUrlEncodedContent([]), Cancel);
            Assert.Equal(HttpStatusCode.Forbidden, change.StatusCode);
        }
    }

    [Fact]
    public async Task Gives_its_pages_the_token_of_the_front_door_and_names_no_connection()
    {
        var session = await _app.RegisterAsync();
        await using (var db = _app.SystemDatabase())
            await db.Users.Where(u => u.Email == session.Email).ExecuteUpdateAsync(s => s.SetProperty(u => u.IsOperator, true), Cancel);
        var http = session.Http;
        http.DefaultRequestHeaders.Add("X-GpuGeek-Csrf", "of-the-front-door");
        var page = await http.GetStringAsync("/operator/jobs/recurring", Cancel);
        Assert.Contains("of-the-front-door", page, StringComparison.Ordinal);
        Assert.Contains("X-GpuGeek-Csrf", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Host=", page, StringComparison.OrdinalIgnoreCase);
    }
}
