using GpuGeek.Domain.Storage;
using Microsoft.Net.Http.Headers;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Rules for both kinds of signed address.</summary>
public static class UrlRules
{
    public static void CheckDownload(string key, TimeSpan lifetime)
    {
        ObjectKeys.Check(key);
        if (lifetime < TimeSpan.FromSeconds(1) || lifetime > IObjectUrls.MaxLifetime)
            throw new ArgumentOutOfRangeException(
                nameof(lifetime),
                lifetime,
                $"A signed address must be valid for 1 second to {IObjectUrls.MaxLifetime.TotalMinutes} minutes."
            );
    }

    public static string Disposition(string fileName)
    {
        var header = new ContentDispositionHeaderValue("attachment");
        header.SetHttpFileName(fileName);
        return header.ToString();
    }
}
