using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GpuGeek.AppHost.Hosting;

/// <summary>
/// The address that Web will listen on must be free before anything starts: another program that answers there would be taken for this
/// platform.
/// </summary>
internal static class PageAddress
{
    // A platform that was killed a moment ago still has it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="PartFailedException">With what to do about it.</exception>
    public static async Task DemandAsync(string listen, int port, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (Try(listen, port) is { } error)
        {
            if (error != SocketError.AddressAlreadyInUse || Stopwatch.GetElapsedTime(began) > Patience)
                throw new PartFailedException("Web", Explain(error, listen, port.ToString(CultureInfo.InvariantCulture)));
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <returns>Null: the address is free.</returns>
    private static SocketError? Try(string listen, int port)
    {
        // Kestrel listens on every address where the text is no address.
        var address =
            listen == "localhost" ? IPAddress.Loopback
            : IPAddress.TryParse(listen, out var parsed) ? parsed
            : IPAddress.Any;
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return null;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode;
        }
    }

    private static string Explain(SocketError error, string listen, string port) =>
        error switch
        {
            SocketError.AddressAlreadyInUse =>
                $"port {port} of {listen} is in use by another program. Stop that program, or choose another port with --port.",
            SocketError.AddressNotAvailable =>
                $"this machine does not have the address {listen}. Choose one that it has with --listen; 0.0.0.0 is all of them.",
            SocketError.AccessDenied => $"this account may not listen on port {port}. Choose a port above 1023 with --port.",
            _ => $"nothing can listen on port {port} of {listen} ({error}). Choose another with --port and --listen.",
        };
}
