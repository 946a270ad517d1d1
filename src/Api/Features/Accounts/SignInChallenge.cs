using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Api.Http;
using GpuGeek.Infrastructure.Identity;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// The right password, proved a moment ago: with it the second factor's code can be sent without the password. It is bound to the account,
/// to the password
/// as it was and to the caller's network, and nothing is stored.
/// </summary>
internal static class SignInChallenge
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private const int UserBytes = 16,
        TimeBytes = 8;

    public static string Make(SignInTickets tickets, ApplicationUser user, HttpContext http, DateTimeOffset now)
    {
        var content = new byte[UserBytes + TimeBytes + SHA256.HashSizeInBytes];
        user.Id.TryWriteBytes(content);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(UserBytes), (now + Lifetime).ToUnixTimeSeconds());
        Version(user).CopyTo(content, UserBytes + TimeBytes);
        return tickets.Seal(Purpose(http), content);
    }

    /// <returns>Whose password was proved; null: too old, made for another network, or not one of ours.</returns>
    public static Guid? UserOf(SignInTickets tickets, string challenge, HttpContext http, DateTimeOffset now) =>
        tickets.Open(Purpose(http), challenge) is { } content
        && now.ToUnixTimeSeconds() < BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(UserBytes))
            ? new Guid(content.AsSpan(0, UserBytes))
            : null;

    /// <summary>Whether the person still has the password that was proved.</summary>
    public static bool Proves(SignInTickets tickets, string challenge, ApplicationUser user, HttpContext http) =>
        tickets.Open(Purpose(http), challenge) is { } content
        && CryptographicOperations.FixedTimeEquals(content.AsSpan(UserBytes + TimeBytes), Version(user));

    private static string Purpose(HttpContext http) => "challenge " + ClientAddress.NetworkOf(http);

    private static byte[] Version(ApplicationUser user) => SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash!));
}
