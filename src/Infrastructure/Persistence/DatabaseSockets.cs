using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Npgsql;

namespace GpuGeek.Infrastructure.Persistence;

/// <summary>
/// The connections of this process to its database, as the kernel lists them. Npgsql asks the server to cancel a command before it gives
/// up a connection, and waits for the response; a hung server sends none, and a thread is blocked in the meantime. A socket that is shut
/// down fails immediately.
/// </summary>
internal sealed partial class DatabaseSockets(IEnumerable<string> connectionStrings)
{
    private readonly (string Host, int Port)[] _servers =
    [
        .. connectionStrings.Where(s => s.Length > 0).Select(s => new NpgsqlConnectionStringBuilder(s)).SelectMany(Servers).Distinct(),
    ];
    private HashSet<string> _peers = [];

    /// <summary>Resolves the names of the servers; their addresses may change.</summary>
    public void Resolve() => _peers = [.. _servers.SelectMany(Peers)];

    /// <summary>Makes every read, write and connection attempt to the database fail now.</summary>
    public void ShutDown()
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(entry.AsSpan()), CultureInfo.InvariantCulture);
            if (PeerOf(descriptor) is { } peer && _peers.Contains(peer))
                _ = shutdown(descriptor, (int)SocketShutdown.Both);
        }
    }

    private static IEnumerable<(string Host, int Port)> Servers(NpgsqlConnectionStringBuilder settings) =>
        from host in (settings.Host ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        let colon = host.LastIndexOf(':')
        select colon > 0 && int.TryParse(host.AsSpan(colon + 1), CultureInfo.InvariantCulture, out var port)
            ? (host[..colon], port)
            : (host, settings.Port);

    private static IEnumerable<string> Peers((string Host, int Port) server) =>
        server.Host.StartsWith('/')
            ? [Path.Combine(server.Host, string.Create(CultureInfo.InvariantCulture, $".s.PGSQL.{server.Port}"))]
            : Dns.GetHostAddresses(server.Host).Select(address => new IPEndPoint(address, server.Port).ToString());

    private static string? PeerOf(int descriptor)
    {
        Span<byte> address = stackalloc byte[128];
        var length = address.Length;
        if (getpeername(descriptor, ref MemoryMarshal.GetReference(address), ref length) != 0)
            return null;
        const ushort unix = 1,
            ipv4 = 2,
            ipv6 = 10;
        var port = (address[2] << 8) | address[3];
        return MemoryMarshal.Read<ushort>(address) switch
        {
            unix => Encoding.UTF8.GetString(address[2..length]).TrimEnd('\0'),
            ipv4 => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port).ToString(),
            ipv6 => new IPEndPoint(Plain(new IPAddress(address.Slice(8, 16))), port).ToString(),
            _ => null,
        };
    }

    // .NET connects to IPv4 hosts from IPv6 sockets too.
    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    [LibraryImport("libc")]
    private static partial int getpeername(int descriptor, ref byte address, ref int length);

    [LibraryImport("libc")]
    private static partial int shutdown(int descriptor, int how);
}
