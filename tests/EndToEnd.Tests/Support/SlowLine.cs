using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>A connection on which every request takes 200 ms longer, and a browser that has nothing in its cache.</summary>
internal static class SlowLine
{
    public static async Task<ICDPSession> OfAsync(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("Network.enable");
        await session.SendAsync("Network.setCacheDisabled", new() { ["cacheDisabled"] = true });
        await session.SendAsync(
            "Network.emulateNetworkConditions",
            new()
            {
                ["offline"] = false,
                ["latency"] = 200,
                ["downloadThroughput"] = -1,
                ["uploadThroughput"] = -1,
            }
        );
        return session;
    }
}
