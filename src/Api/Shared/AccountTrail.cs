using GpuGeek.Api.Http;
using GpuGeek.Infrastructure.Identity;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Shared;

/// <summary>What happened to an account, for its person: an entry of the record, and a mail where the installation sends any. Both are
/// added to the change's own context and saved with it.</summary>
internal static class AccountTrail
{
    private static readonly string[] Chinese = ["zh-Hans", "zh"];

    /// <param name="db">A context in which the person is the caller's.</param>
    public static void Add(GpuGeekDbContext db, HttpContext http, Guid user, AccountEventKind kind, string? detail = null) =>
        db.AccountEvents.Add(
            AccountEvent.Of(user, kind, Now(http), ClientAddress.Of(http), http.Request.Headers.UserAgent.ToString(), detail)
        );

    public static void Notify(GpuGeekDbContext db, HttpContext http, ApplicationUser user, MailKind kind, string? detail = null) =>
        Post(
            db,
            http,
            new(kind, user.Email!, Language(http), Origin(http), user.DisplayName)
            {
                At = Now(http),
                Address = ClientAddress.Of(http),
                Agent = http.Request.Headers.UserAgent.ToString(),
                Detail = detail,
            }
        );

    public static void Post(GpuGeekDbContext db, HttpContext http, MailContent content) =>
        http.RequestServices.GetRequiredService<MailOutbox>().Add(db, content);

    /// <summary>Of what the browser asks for, what there is.</summary>
    public static string Language(HttpContext http)
    {
        var wanted =
            http.Request.GetTypedHeaders()
                .AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
                .Select(l => l.Value.ToString())
                .FirstOrDefault()
            ?? "";
        return Array.Exists(Chinese, c => wanted.StartsWith(c, StringComparison.OrdinalIgnoreCase)) ? Chinese[0] : "en";
    }

    /// <summary>The options' word and never the request's: a forged Host header would send people's tokens to a stranger.</summary>
    public static string Origin(HttpContext http) => http.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.PublicUrl;

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
