using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Infrastructure.Identity;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// A sealed statement that a device has signed in, kept by the device and listed nowhere. It is no session: it only gives the device's
/// attempts a limit of
/// their own. It names the accounts it is good for, each with the password as it was: a new password makes every device unknown.
/// </summary>
/// <param name="Id">The same through every renewal.</param>
/// <param name="Accounts">Hashes, the latest first.</param>
internal sealed record KnownDevice(Guid Id, IReadOnlyList<byte[]> Accounts)
{
    private const string Purpose = "device";
    private const int MostAccounts = 8,
        IdBytes = 16,
        TimeBytes = 8;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    /// <returns>Null: none, too old, or not one of ours.</returns>
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

    /// <returns>Null where the installation has no key folder.</returns>
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
