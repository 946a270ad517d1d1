using Microsoft.AspNetCore.StaticAssets;

namespace GpuGeek.Web.FrontDoor;

/// <summary>Static files in <c>wwwroot</c> and in the framework.</summary>
internal static class StaticFiles
{
    /// <summary>
    /// Addresses with a fingerprint never change their content: a browser keeps them for a year without a request. All others are
    /// revalidated by their ETag. Set here because the framework sends <c>no-cache</c> for all of them when it serves a build that was
    /// not published.
    /// </summary>
    public static void MapAssets(this WebApplication app) =>
        app.MapStaticAssets()
            .Add(endpoint =>
            {
                var isFingerprinted = endpoint
                    .Metadata.OfType<StaticAssetDescriptor>()
                    .Any(asset => asset.Properties.Any(p => p.Name == "fingerprint"));
                var rule = isFingerprinted ? "public, max-age=31536000, immutable" : "no-cache";
                var answer = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = context =>
                {
                    context.Response.OnStarting(() =>
                    {
                        if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
                            context.Response.Headers.CacheControl = rule;
                        return Task.CompletedTask;
                    });
                    return answer(context);
                };
            });
}
