using System.Globalization;
using System.Security.Claims;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Accounts;
using GpuGeek.Web.FrontDoor;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Clients;

/// <summary>Creates typed clients for Api's internal address.</summary>
internal sealed class ApiClients(IHttpClientFactory http, IOptions<WebOptions> options)
{
    public const string HttpClientName = "api";

    /// <param name="address">Address of the person's machine: Api limits by it.</param>
    /// <param name="agent">User agent of the person's browser: shown in the list of sessions and the audit.</param>
    public GpuGeekClient Create(string? token, string? address, string? agent)
    {
        var client = http.CreateClient(HttpClientName);
        FrontTransformer.Introduce(client.DefaultRequestHeaders, address, options.Value.FrontSecret);
        if (!string.IsNullOrEmpty(agent))
            client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", agent);
        // Mail that results from the call is written in the language of the page.
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(CultureInfo.CurrentUICulture.Name);
        return new(client, token);
    }

    /// <summary>The client of one page's circuit, or of one request to an account page.</summary>
    public GpuGeekClient CreateFor(AuthenticationStateProvider authentication, IHttpContextAccessor context)
    {
        // Set before the first component is created: the task is always complete.
        var state = authentication.GetAuthenticationStateAsync();
        var user = state.IsCompletedSuccessfully ? state.Result.User : new ClaimsPrincipal();
        var address = user.FindFirst(SessionClaims.Address)?.Value ?? context.HttpContext?.Connection.RemoteIpAddress?.ToString();
        var agent = user.FindFirst(SessionClaims.Agent)?.Value ?? context.HttpContext?.Request.Headers.UserAgent.ToString();
        return Create(user.FindFirst(SessionClaims.Token)?.Value, address, agent);
    }
}

internal static class ApiClientSetup
{
    public static void AddApiClient(this IServiceCollection services)
    {
        services
            .AddHttpClient(ApiClients.HttpClientName)
            .ConfigureHttpClient(
                (provider, client) => client.BaseAddress = new Uri(provider.GetRequiredService<IOptions<WebOptions>>().Value.ApiUrl)
            )
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    UseProxy = false,
                    UseCookies = false,
                    ConnectTimeout = TimeSpan.FromSeconds(5),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                }
            );
        services.AddSingleton<ApiClients>();
        services.AddScoped(provider =>
            provider
                .GetRequiredService<ApiClients>()
                .CreateFor(provider.GetRequiredService<AuthenticationStateProvider>(), provider.GetRequiredService<IHttpContextAccessor>())
        );
        services.AddScoped<Workspace>();
        services.AddScoped<BrowserUploads>();
        services.AddScoped<Browser>();
    }
}
