using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>A random value that only this browser has, before anybody has signed in: a response to a passkey challenge is accepted only
/// from the browser that requested it.</summary>
internal sealed class BrowserSecret(IOptions<WebOptions> options)
    : BrowserCookie(options.Value, $"gg_browser_{options.Value.Instance}", SameSiteMode.Strict)
{
    private const int Bytes = 32;

    public new string? Read(HttpRequest request) => base.Read(request) is { Length: >= Bytes } secret ? secret : null;

    public string ReadOrCreate(HttpContext context)
    {
        if (Read(context.Request) is { } known)
            return known;
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        Write(context, secret, null);
        return secret;
    }
}
