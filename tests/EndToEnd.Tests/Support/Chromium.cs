using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>The machine's own Chromium, else the one Playwright brought, started when the first test wants a page.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>In milliseconds.</summary>
    private const float Patience = 20_000;

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
    private readonly Lazy<Task<Running>> _running = new(StartAsync);

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
        var running = await _running.Value;
        Assert.SkipWhen(running.Browser is null, "No Chromium on this machine: ./test.sh installs it.");
        var person = await running.Browser.NewContextAsync(
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
        person.SetDefaultTimeout(Patience);
        return person;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_running.IsValueCreated)
            return;
        var running = await _running.Value;
        if (running.Browser is not null)
            await running.Browser.DisposeAsync();
        running.Playwright.Dispose();
    }

    private static async Task<Running> StartAsync()
    {
        // A busy machine takes longer than the five seconds of the default: the limit ends a hopeless wait, it is never a measurement.
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        var program = Array.Find([.. Programs, playwright.Chromium.ExecutablePath], File.Exists);
        if (program is null)
            return new(playwright, null);
        var browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = program,
                Args = Arguments,
                ChromiumSandbox = false,
            }
        );
        return new(playwright, browser);
    }

    /// <param name="Playwright">It drives the browser.</param>
    /// <param name="Browser">Null: there is none on this machine.</param>
    private sealed record Running(IPlaywright Playwright, IBrowser? Browser);
}
