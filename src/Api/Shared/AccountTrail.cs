using GpuGeek.Api.Http;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.Infrastructure.Mail;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Shared;

/// <summary>Records a security event of an account: an entry in the list of events and, if the installation sends mail, a mail. Both are
/// added to the caller's context and saved with the change.</summary>
internal static class AccountTrail
{
    private static readonly string[] Chinese = ["zh-Hans", "zh"];

    /// <param name="db">A context with the person as the caller.</param>
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

    /// <summary>The first of the browser's languages that is supported.</summary>
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

    /// <summary>Comes from the options, never from the request: a forged Host header would send tokens to another site.</summary>
    public static string Origin(HttpContext http) => http.RequestServices.GetRequiredService<IOptions<ApiOptions>>().Value.PublicUrl;

    private static DateTimeOffset Now(HttpContext http) => http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
}
