using System.Net;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using GpuGeek.TestSupport.Platform;

namespace GpuGeek.EndToEnd.Tests.Uploads;

/// <summary>Before, 1,500 MiB without a length came through the front door into a plan of 10 MiB.</summary>
public sealed class AnArchiveLargerThanThePlan
{
    private const long PlanBytes = 10 << 20;
    private const int Megabytes = 1500;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_length_ends_at_the_plans_limit_and_leaves_nothing()
    {
        await using var platform = await RunningPlatform.StartAsync();
        var account = await Account.RegisterAsync(platform);
        await LowerPlanAsync(account);
        var project = await account.Api.CreateProjectAsync(account.Org, new() { Name = "Large" }, Cancel);
        var dataset = await account.Api.CreateDatasetAsync(account.Org, new() { Project = project.Slug, Name = "large" }, Cancel);
        using var http = platform.Http(account.Token);
        var objects = Path.Combine(platform.DataDirectory, "objects");
        var most = 0L;
        using var body = new Unmeasured(() => most = Math.Max(most, BytesIn(objects)));
        using var request = new HttpRequestMessage(HttpMethod.Put, $"api/v1/orgs/{account.Org}/datasets/{dataset.Id}/imports/fill.zip")
        {
            Content = body,
            Headers = { ExpectContinue = true },
        };
        using var answer = await http.SendAsync(request, Cancel);
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.UnprocessableEntity && text.Contains("plan_limit", StringComparison.Ordinal), text);
        // Kestrel reads on for some seconds what a client goes on sending; none of it reaches the store.
        Assert.InRange(most, 1, PlanBytes + (1 << 20));
        Assert.Empty((await account.Api.ListImportsAsync(account.Org, dataset.Id, Cancel)).Items);
        await Eventually.HoldsAsync(() => Directory.GetFiles(objects, "*", SearchOption.AllDirectories), files => files.Length == 0);
    }

    private static async Task LowerPlanAsync(Account account)
    {
        var plan = (await account.Api.GetSubscriptionAsync(account.Org, Cancel)).Plan.Code;
        await account.Api.UpdatePlanAsync(plan, new() { MaxStorageBytes = PlanBytes }, Cancel);
    }

    private static long BytesIn(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Exists ? f.Length : 0);

    private sealed class Unmeasured(Action sent) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = new byte[1 << 20];
            "PK\u0003\u0004"u8.CopyTo(piece);
            for (var i = 0; i < Megabytes; i++)
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
                sent();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
