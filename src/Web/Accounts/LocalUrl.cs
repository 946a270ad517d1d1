using System.Diagnostics.CodeAnalysis;

namespace GpuGeek.Web.Accounts;

internal static class LocalUrl
{
    /// <summary>Where to go after signing in: only ever a path of this site, whatever the address bar asked for.</summary>
    public static string Or([NotNull] string? url, string fallback)
    {
        url ??= fallback;
        return IsLocal(url) ? url : fallback;
    }

    /// <summary>Browsers read <c>//host</c> and <c>/\host</c> as another site, and drop control characters before they look.</summary>
    public static bool IsLocal(string url) =>
        url.Length > 0 && url[0] == '/' && (url.Length == 1 || (url[1] is not ('/' or '\\'))) && !url.Any(char.IsControl);
}
