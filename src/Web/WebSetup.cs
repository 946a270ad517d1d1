using System.Globalization;
using System.IO.Compression;
using GpuGeek.Web.Accounts;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components;
using GpuGeek.Web.Formatting;
using GpuGeek.Web.FrontDoor;
using GpuGeek.Web.Localization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web;

internal static class WebSetup
{
    public static readonly CultureInfo[] Languages = [CultureInfo.GetCultureInfo("en"), CultureInfo.GetCultureInfo("zh-Hans")];

    public static void AddWeb(this WebApplicationBuilder builder)
    {
        // Outside Development the manifest of packages' static files is not loaded automatically. A build output needs it; a publish
        // output does not have it.
        builder.WebHost.UseStaticWebAssets();
        // Otherwise a build output compresses a file that is newer than its manifest on the fly, and browsers cannot decode the result.
        builder.Configuration["ReloadStaticAssetsAtRuntime"] = "false";
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Archives of many gigabytes pass through; Api has the limits.
            kestrel.Limits.MaxRequestBodySize = null;
        });
        // Addresses may contain one-time tokens: the framework's request lines are not logged.
        builder
            .Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning)
            // The front door logs once that a process is not available, without a stack trace.
            .AddFilter("Yarp", LogLevel.Error)
            .AddFilter("GpuGeek.Web.Accounts.SessionAuthenticationHandler", LogLevel.Warning);

        var services = builder.Services;
        services.AddOptions<WebOptions>().Configure<IConfiguration>(WebOptions.Bind).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(TimeProvider.System);
        services.AddTelemetry(builder.Configuration, "web");
        AddKeys(builder);
        services.AddFrontDoor();
        services.AddSessions();
        services.AddApiClient();
        services.AddSingleton<Formatter>();
        services.AddSingleton<RecipeWords>();
        services.AddLocalization();
        services.Configure<RequestLocalizationOptions>(SetLanguages);
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ResponseCompressionDefaults.MimeTypes.Append("image/svg+xml");
        });
        // The fastest level, which is the default, sends a tenth more.
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Optimal);
        services.AddRazorComponents().AddInteractiveServerComponents();
    }

    public static void UseWeb(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseHostRule();
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        // Curves are the only large response that a page requests itself. They contain no secret that their size could reveal.
        app.UseWhen(context => FrontDoorRoutes.IsCurves(context.Request.Path), curves => curves.UseResponseCompression());
        app.UseWhen(
            context => !FrontDoorRoutes.IsForwarded(context.Request.Path),
            pages =>
            {
                pages.UseResponseCompression();
                pages.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
                pages.Use(AnswerWithAPageAsync);
            }
        );
        app.UseOriginRule();
        // Behind an https proxy this process speaks http: only the public address shows that every cookie belongs to https.
        if (
            app.Services.GetRequiredService<IOptions<WebOptions>>()
                .Value.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true
        )
            app.UseCookiePolicy(new CookiePolicyOptions { Secure = CookieSecurePolicy.Always });
        app.UseRequestLocalization();
        app.UseRoutingWithHead();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        app.MapGet("/healthz", () => TypedResults.Ok());
        // Not the page of an organisation: whoever looks for metrics here is told that there are none.
        app.MapGet(MetricsServer.Path, () => TypedResults.NotFound());
        app.MapFrontDoor();
        app.MapAccountEndpoints();
        app.MapAssets();
        // The policy of SecurityHeaders already forbids frames.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    /// <summary>
    /// An error page for a refused form. The page must be requested with GET: with POST it would be refused too. Blazor sets a content
    /// type for the response that it does not write, which would suppress the page.
    /// </summary>
    private static async Task AnswerWithAPageAsync(HttpContext context, RequestDelegate next)
    {
        var isAnswer = context.Features.Get<IStatusCodeReExecuteFeature>() is not null;
        if (isAnswer)
            context.Request.Method = HttpMethods.Get;
        await next(context);
        if (!isAnswer && context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false })
            context.Response.ContentType = null;
    }

    private static void AddKeys(WebApplicationBuilder builder)
    {
        var keys = builder.Services.AddDataProtection().SetApplicationName("GpuGeek.Web");
        if (builder.Configuration["GPUGEEK_KEYS"] is { Length: > 0 } folder)
            keys.PersistKeysToFileSystem(Directory.CreateDirectory(folder));
        builder.Services.AddAntiforgery();
        builder
            .Services.AddOptions<Microsoft.AspNetCore.Antiforgery.AntiforgeryOptions>()
            .Configure<IOptions<WebOptions>>(
                (antiforgery, web) =>
                {
                    antiforgery.Cookie.Name = $"gg_form_{web.Value.Instance}";
                    // The content policy forbids frames completely.
                    antiforgery.SuppressXFrameOptionsHeader = true;
                }
            );
    }

    private static void SetLanguages(RequestLocalizationOptions options)
    {
        options.DefaultRequestCulture = new(Languages[0]);
        options.SupportedCultures = options.SupportedUICultures = Languages;
        options.RequestCultureProviders =
        [
            new CookieRequestCultureProvider { CookieName = Preferences.LanguageCookie },
            new AcceptLanguageHeaderRequestCultureProvider(),
        ];
    }
}
