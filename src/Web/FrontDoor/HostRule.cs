using System.Net;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web.FrontDoor;

/// <summary>
/// The Host header must name this installation. Otherwise a site that points its own name here (DNS rebinding) would have the same origin
/// as these pages. Such a request always has a name, so every IP address is allowed; of names, those set by the operator and this
/// machine's own.
/// </summary>
internal static class HostRule
{
    public static void UseHostRule(this WebApplication app)
    {
        var names = Names(app.Services.GetRequiredService<IOptions<WebOptions>>().Value);
        app.Use(
            async (context, next) =>
            {
                // Health probes use any name that the orchestrator has, and learn only whether the process is alive.
                if (context.Request.Path == "/healthz" || context.Request.Path == "/readyz" || Allows(context.Request.Host, names))
                {
                    await next(context);
                    return;
                }
                await Problems.WriteAsync(
                    context,
                    StatusCodes.Status400BadRequest,
                    "unknown_host",
                    "The host name is refused.",
                    "The request's Host header is not the address of this installation.",
                    "Use the address in GPUGEEK_PUBLIC_URL, or add the name to GPUGEEK_ALLOWED_HOSTS."
                );
            }
        );
    }

    public static bool Allows(HostString host, IReadOnlySet<string> names) =>
        IPAddress.TryParse(host.Host.Trim('[', ']'), out _) || names.Contains(host.Host);

    public static IReadOnlySet<string> Names(WebOptions options)
    {
        var names = new HashSet<string>(options.AllowedHosts, StringComparer.OrdinalIgnoreCase) { "localhost", Environment.MachineName };
        if (Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var own))
            names.Add(own.Host);
        return names;
    }
}
