using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Api.Http;
using GpuGeek.Infrastructure.Accounts;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// Proves that the correct password was sent a moment ago, so that the code of the second factor can be sent without the password. It is
/// bound to the account, the current password and the caller's network. Nothing is stored.
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

    /// <returns>The account whose password was proved; null: too old, for another network, or not issued by this installation.</returns>
    public static Guid? UserOf(SignInTickets tickets, string challenge, HttpContext http, DateTimeOffset now) =>
        tickets.Open(Purpose(http), challenge) is { } content
        && now.ToUnixTimeSeconds() < BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(UserBytes))
            ? new Guid(content.AsSpan(0, UserBytes))
            : null;

    /// <summary>True if the password has not changed since it was proved.</summary>
    public static bool Proves(SignInTickets tickets, string challenge, ApplicationUser user, HttpContext http) =>
        tickets.Open(Purpose(http), challenge) is { } content
        && CryptographicOperations.FixedTimeEquals(content.AsSpan(UserBytes + TimeBytes), Version(user));

    private static string Purpose(HttpContext http) => "challenge " + ClientAddress.NetworkOf(http);

    private static byte[] Version(ApplicationUser user) => SHA256.HashData(Encoding.UTF8.GetBytes(user.PasswordHash!));
}
