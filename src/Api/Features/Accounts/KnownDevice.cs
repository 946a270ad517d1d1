using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Accounts;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// A sealed token that proves that a device has signed in. The device keeps it; the server has no list of them. It is not a session: it
/// only gives the device its own limit of attempts. It names the accounts it is valid for, each with the password of that time: a new
/// password makes every device unknown.
/// </summary>
/// <param name="Id">Stays the same when the token is renewed.</param>
/// <param name="Accounts">Hashes, most recent first.</param>
internal sealed record KnownDevice(Guid Id, IReadOnlyList<byte[]> Accounts)
{
    private const string Purpose = "device";
    private const int MostAccounts = 8,
        IdBytes = 16,
        TimeBytes = 8;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    /// <returns>Null: missing, too old, or not issued by this installation.</returns>
    public static KnownDevice? Read(SignInTickets tickets, string? device, DateTimeOffset now)
    {
        if (device is null || tickets.Open(Purpose, device) is not { } content)
            return null;
        var until = BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(IdBytes));
        return now.ToUnixTimeSeconds() < until
            ? new(new(content.AsSpan(0, IdBytes)), [.. content.Skip(IdBytes + TimeBytes).Chunk(SHA256.HashSizeInBytes)])
            : null;
    }

    public bool Knows(ApplicationUser user) => Accounts.Any(a => CryptographicOperations.FixedTimeEquals(a, HashOf(user)));

    /// <returns>Null if the installation has no key folder.</returns>
    public static string? Renew(SignInTickets tickets, KnownDevice? device, ApplicationUser user, DateTimeOffset now)
    {
        if (!tickets.ArePossible)
            return null;
        var account = HashOf(user);
        var others = device?.Accounts.Where(a => !a.AsSpan().SequenceEqual(account)).Take(MostAccounts - 1) ?? [];
        var content = new byte[IdBytes + TimeBytes];
        (device?.Id ?? Guid.CreateVersion7(now)).TryWriteBytes(content);
        BinaryPrimitives.WriteInt64BigEndian(content.AsSpan(IdBytes), (now + Lifetime).ToUnixTimeSeconds());
        return tickets.Seal(Purpose, [.. content, .. account, .. others.SelectMany(o => o)]);
    }

    private static byte[] HashOf(ApplicationUser user) => SHA256.HashData(Encoding.UTF8.GetBytes($"{user.Id} {user.PasswordHash}"));
}
