using System.Text.Json;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Pages;

internal sealed record FetchedFile(string Url, string Type, bool IsImmutable, double Bytes)
{
    public bool IsPicture => Type == "Image";
}

/// <summary>What came over the wire, headers included, as the browser counts it.</summary>
internal sealed class Fetched
{
    private readonly Dictionary<string, FetchedFile> _files = [];

    /// <summary>Of a browser whose cache is emptied now.</summary>
    public static async Task<Fetched> OfAsync(IPage page)
    {
        var fetched = new Fetched();
        var session = await page.Context.NewCDPSessionAsync(page);
        session.Event("Network.responseReceived").OnEvent += (_, e) => fetched.Answered(e!.Value);
        session.Event("Network.loadingFinished").OnEvent += (_, e) => fetched.Ended(e!.Value);
        await session.SendAsync("Network.enable");
        await session.SendAsync("Network.clearBrowserCache");
        return fetched;
    }

    public List<FetchedFile> Take()
    {
        lock (_files)
        {
            var taken = _files.Values.Where(f => f.Bytes > 0).ToList();
            _files.Clear();
            return taken;
        }
    }

    private void Answered(JsonElement e)
    {
        var response = e.GetProperty("response");
        var isImmutable = response
            .GetProperty("headers")
            .EnumerateObject()
            .Any(h =>
                h.Name.Equals("Cache-Control", StringComparison.OrdinalIgnoreCase)
                && h.Value.GetString()!.Contains("immutable", StringComparison.Ordinal)
            );
        var file = new FetchedFile(response.GetProperty("url").GetString()!, e.GetProperty("type").GetString()!, isImmutable, 0);
        lock (_files)
            _files[e.GetProperty("requestId").GetString()!] = file;
    }

    private void Ended(JsonElement e)
    {
        var id = e.GetProperty("requestId").GetString()!;
        lock (_files)
            if (_files.TryGetValue(id, out var file))
                _files[id] = file with { Bytes = e.GetProperty("encodedDataLength").GetDouble() };
    }
}
