using GpuGeek.TestSupport;
using GpuGeek.Web.FrontDoor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GpuGeek.Web.Tests.FrontDoor;

/// <summary>The real Web host on its own port, in front of an <see cref="FrontDoor.Upstream"/>.</summary>
public sealed class Site : IAsyncLifetime
{
    public const string Secret = "between-the-two";
    public const string Session = "gg_s_somebody";
    private const string PublicUrl = "https://gpugeek.example";
    private readonly DirectoryInfo _keys = Directory.CreateTempSubdirectory("gpugeek-keys-");
    private WebApplication _app = null!;

    public Upstream Upstream { get; private set; } = null!;

    public string Url => _app.Urls.Single();

    /// <summary>Behind https the cookie bears the prefix that browsers hold to this host.</summary>
    public string CookieName { get; private set; } = "gg_test0001";

    public bool Https { get; init; }

    public MetricsPage? Metrics { get; init; }

    public async ValueTask InitializeAsync()
    {
        Upstream = await Upstream.StartAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["GPUGEEK_API_URL"] = Upstream.Url,
                ["GPUGEEK_KEYS"] = _keys.FullName,
                ["GPUGEEK_FRONT_SECRET"] = Secret,
                ["GPUGEEK_ALLOWED_HOSTS"] = "gpu.example, other.example",
                ["GPUGEEK_INSTANCE"] = "test0001",
                ["GPUGEEK_METRICS"] = Metrics?.Address,
                ["GPUGEEK_PUBLIC_URL"] = Https ? PublicUrl : null,
            }
        );
        if (Https)
            CookieName = "__Host-gg_test0001";
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddWeb();
        _app = builder.Build();
        _app.UseWeb();
        await _app.StartAsync();
    }

    public HttpClient Client() =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(Url) };

    public string CsrfFor(string session) => _app.Services.GetRequiredService<CsrfTokens>().Create(session);

    /// <summary>A request as a browser with the cookie sends it.</summary>
    public HttpRequestMessage FromBrowser(HttpMethod method, string path, string? csrf = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", $"{CookieName}={Session}");
        if (csrf is not null)
            request.Headers.Add("X-GpuGeek-Csrf", csrf);
        return request;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
        _keys.Delete(true);
    }
}
