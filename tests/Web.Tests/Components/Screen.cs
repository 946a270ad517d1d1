using System.Globalization;
using Bunit;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Formatting;
using GpuGeek.Web.Localization;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components;

/// <summary>Draws one component with the texts and formats of the real pages, in one language.</summary>
public abstract class Screen : BunitContext
{
    protected Screen(string language = "en")
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        Services.AddLogging();
        Services.AddLocalization();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<Formatter>();
        Services.AddSingleton<RecipeWords>();
        Services.AddScoped<Browser>();
        Services.AddScoped<Workspace>();
        Services.AddScoped<BrowserUploads>();
        Services.AddScoped(_ => new GpuGeekClient(new HttpClient(new Unreachable()) { BaseAddress = new Uri("http://api.invalid/") }));
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    protected static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private sealed class Unreachable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("No such host.");
    }
}
