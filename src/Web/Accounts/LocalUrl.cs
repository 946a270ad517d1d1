using System.Diagnostics.CodeAnalysis;

namespace GpuGeek.Web.Accounts;

internal static class LocalUrl
{
    /// <summary>The address after signing in: always a path of this site, whatever the query says.</summary>
    public static string Or([NotNull] string? url, string fallback)
    {
        url ??= fallback;
        return IsLocal(url) ? url : fallback;
    }

    /// <summary>Browsers interpret <c>//host</c> and <c>/\host</c> as another site, and drop control characters first.</summary>
    public static bool IsLocal(string url) =>
        url.Length > 0 && url[0] == '/' && (url.Length == 1 || (url[1] is not ('/' or '\\'))) && !url.Any(char.IsControl);
}
