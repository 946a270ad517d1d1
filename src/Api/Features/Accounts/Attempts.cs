using System.Globalization;
using GpuGeek.Api.Http;
using GpuGeek.Api.Http.Auth;
using GpuGeek.Infrastructure.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>Limits against guessing. Every check of a password or code is counted first and evaluated afterwards. See ADR-010.</summary>
internal static class Attempts
{
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(5),
        Hour = TimeSpan.FromHours(1);
    private const int OfOnePlace = 8,
        OfOneNetwork = 100,
        OfUnknownDevices = 30,
        OfCodes = 10;

    /// <summary>A password attempt from a device that has not signed in to the account before.</summary>
    /// <param name="email">Normalized. An account that does not exist is counted in the same way.</param>
    public static IReadOnlyList<AttemptLimit> FromAnywhere(string email, HttpContext http, bool isKnown) =>
        [
            new("account and network", [email, ClientAddress.NetworkOf(http)], OfOnePlace, Minutes, isKnown, Clears: true),
            new("network", [ClientAddress.NetworkOf(http)], OfOneNetwork, Hour, IsKnown: false, Clears: false),
            new("account", [email], OfUnknownDevices, Hour, isKnown, Clears: false),
        ];

    /// <summary>A password attempt from a known device: attempts by others do not count against it.</summary>
    public static IReadOnlyList<AttemptLimit> FromDevice(Guid user, Guid device) => [Known("device", OfOnePlace, Minutes, user, device)];

    /// <summary>Six digits can be guessed quickly, so codes are counted per account, from any address.</summary>
    public static IReadOnlyList<AttemptLimit> OfCode(Guid user) => [Known("code", OfCodes, Hour, user)];

    /// <summary>A person who has proved their identity does not wait because of attempts by others.</summary>
    public static IReadOnlyList<AttemptLimit> ToForget(string email, HttpContext http) =>
        [.. FromAnywhere(email, http, isKnown: true).Where(l => l.Kind != "network").Select(l => l with { Clears = true })];

    /// <summary>Checks the password of a signed-in person, for actions that a session alone does not allow.</summary>
    /// <returns>Null: the password is correct.</returns>
    public static async Task<ProblemHttpResult?> RefusePasswordAsync(
        this AttemptCounter counter,
        HttpContext http,
        Caller caller,
        ApplicationUser user,
        string password,
        IPasswordHasher<ApplicationUser> hasher,
        CancellationToken cancellationToken
    )
    {
        // Counted per session: someone who has stolen another session cannot block the person.
        IReadOnlyList<AttemptLimit> limits = [Known("session", OfOnePlace, Minutes, caller.Token)];
        if (await counter.CountAsync(limits, cancellationToken) is { } refusal)
            return LockedOut(http, refusal);
        if (hasher.VerifyHashedPassword(user, user.PasswordHash!, password) == PasswordVerificationResult.Failed)
            return Problems.Impossible("wrong_password", "The password is incorrect.");
        await counter.GiveBackAsync(limits, cancellationToken);
        return null;
    }

    public static ProblemHttpResult LockedOut(HttpContext http, AttemptRefusal refusal)
    {
        var wait = refusal.Until - http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        http.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var minutes = Math.Max(1, Math.Ceiling(wait.TotalMinutes));
        return Problems.Of(
            429,
            "locked_out",
            "Too many attempts",
            "There were too many wrong passwords or codes.",
            $"Try again in {minutes} {(minutes == 1 ? "minute" : "minutes")}. "
                + "A browser that has signed in to the account before has its own limit."
        );
    }

    private static AttemptLimit Known(string kind, int most, TimeSpan window, params Guid[] ids) =>
        new(kind, [.. ids.Select(id => id.ToString())], most, window, IsKnown: true, Clears: true);
}
