using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;

namespace GpuGeek.Web.Accounts;

/// <summary>A random value that only this browser holds, before anybody has signed in: the answer to a passkey's challenge counts only from the browser that asked. Scripts cannot read it.</summary>
internal sealed class BrowserSecret(IOptions<WebOptions> options)
{
    private const int Bytes = 32;
    private readonly string _name = $"gg_browser_{options.Value.Instance}";
    private readonly bool _publicHttps = options.Value.PublicUrl?.StartsWith("https://", StringComparison.OrdinalIgnoreCase) == true;

    public string? Read(HttpRequest request) => request.Cookies[NameFor(request)] is { Length: >= Bytes } secret ? secret : null;

    public string ReadOrCreate(HttpContext context)
    {
        if (Read(context.Request) is { } known) return known;
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        var secure = IsSecure(context.Request);
        context.Response.Cookies.Append(NameFor(context.Request), secret, new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = secure, Path = "/", IsEssential = true });
        return secret;
    }

    private string NameFor(HttpRequest request) => IsSecure(request) ? "__Host-" + _name : _name;

    private bool IsSecure(HttpRequest request) => request.IsHttps || _publicHttps;
}
