using System.Globalization;
using System.Text.Json;
using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>
/// What a browser with an empty cache fetches for a page. It was 300 to 500 KB, 348 of them a component library that no
/// page used.
/// </summary>
[Collection(StoryScenarios.Pages)]
public sealed class FirstLoad(FlowersStory story, Chromium chromium, ITestOutputHelper output)
{
    private const int Most = 150_000;

    public static TheoryData<string> Names => [.. PageList.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Of_a_page_takes_at_most_150_KB_without_pictures(string name)
    {
        var told = await story.ToldAsync(chromium);
        var known = PageList.Find(name, told);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, known.SignedIn ? told.Cookies : null);
        var page = await person.NewPageAsync();
        var (fetched, settling) = (await Fetched.OfAsync(page), Settling.Of(page));
        await OpenAsync(page, known, settling);
        var first = fetched.Take();
        var bytes = first.Where(f => !f.IsPicture).Sum(f => f.Bytes);
        output.WriteLine($"{name}: {bytes.ToString(CultureInfo.InvariantCulture)} bytes");
        Assert.True(bytes is > 10_000 and <= Most, $"{bytes} bytes:\n{string.Join('\n', first.OrderByDescending(f => f.Bytes).Take(12))}");
    }

    [Theory]
    [InlineData("sign-in")]
    [InlineData("run")]
    public async Task Is_the_only_one_that_fetches_what_is_named_by_its_content(string name)
    {
        var told = await story.ToldAsync(chromium);
        var known = PageList.Find(name, told);
        await using var person = await chromium.NewPersonAsync(told.Account.Platform.BaseAddress, known.SignedIn ? told.Cookies : null);
        var page = await person.NewPageAsync();
        var (fetched, settling) = (await Fetched.OfAsync(page), Settling.Of(page));
        await OpenAsync(page, known, settling);
        Assert.Contains(fetched.Take(), f => f.IsImmutable);
        await page.GotoAsync("about:blank");
        fetched.Take();
        await OpenAsync(page, known, settling);
        Assert.DoesNotContain(fetched.Take(), f => f.IsImmutable);
    }

    private static async Task OpenAsync(IPage page, KnownPage known, Settling settling)
    {
        await page.GotoAsync(known.Path);
        await page.Locator(known.Shows).First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        // Modules, charts and the hub's script come last.
        await settling.SettledAsync();
    }

    private sealed record File(string Url, string Type, bool IsImmutable, double Bytes)
    {
        public bool IsPicture => Type == "Image";
    }

    /// <summary>What came over the wire, headers included, as the browser counts it.</summary>
    private sealed class Fetched
    {
        private readonly Dictionary<string, File> _files = [];

        public static async Task<Fetched> OfAsync(IPage page)
        {
            var fetched = new Fetched();
            var session = await page.Context.NewCDPSessionAsync(page);
            session.Event("Network.responseReceived").OnEvent += (_, e) => fetched.Answered(e!.Value);
            session.Event("Network.loadingFinished").OnEvent += (_, e) => fetched.Ended(e!.Value);
            await session.SendAsync("Network.enable");
            return fetched;
        }

        public List<File> Take()
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
            var file = new File(response.GetProperty("url").GetString()!, e.GetProperty("type").GetString()!, isImmutable, 0);
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
}
