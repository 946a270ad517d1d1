using System.Text.RegularExpressions;
using GpuGeek.Web.Tests.FrontDoor;

namespace GpuGeek.Web.Tests.Accounts;

/// <summary>Sends the form of the sign-in page as a browser without JavaScript does.</summary>
internal static partial class AccountForm
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token { get; }

    public static async Task<HttpResponseMessage> SendAsync(
        Site site,
        string path,
        Dictionary<string, string> fields,
        bool withToken = true,
        string? cookie = null
    )
    {
        using var client = site.Client();
        using var page = await client.GetAsync(path, Cancel);
        var token = Token.Match(await page.Content.ReadAsStringAsync(Cancel)).Groups[1].Value;
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([
                .. fields,
                new("_handler", "sign-in"),
                new("__RequestVerificationToken", withToken ? token : ""),
            ]),
        };
        var own = page.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        request.Headers.Add("Cookie", cookie is null ? own : $"{own}; {cookie}");
        return await client.SendAsync(request, Cancel);
    }
}
