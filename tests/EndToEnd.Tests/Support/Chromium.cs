using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>The machine's own Chromium, else the one Playwright brought, started when the first test wants a page.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Programs = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-default-apps",
        "--disable-features=OptimizationHints,MediaRouter,Translate",
        "--metrics-recording-only",
    ];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A browser nobody has used before.</summary>
    /// <param name="state">Cookies of another one, to be signed in.</param>
    public async Task<IBrowserContext> NewPersonAsync(
        Uri address,
        string? state = null,
        ColorScheme scheme = ColorScheme.Light,
        int width = 1280,
        int height = 800
    )
    {
        _playwright ??= await Playwright.CreateAsync();
        var program = Array.Find([.. Programs, _playwright.Chromium.ExecutablePath], File.Exists);
        Assert.SkipWhen(program is null, "No Chromium on this machine: ./test.sh installs it.");
        _browser ??= await _playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = program,
                Args = Arguments,
                ChromiumSandbox = false,
            }
        );
        var person = await _browser.NewContextAsync(
            new()
            {
                BaseURL = address.ToString(),
                StorageState = state,
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = height },
                Locale = "en-GB",
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        person.SetDefaultTimeout(20_000);
        return person;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
