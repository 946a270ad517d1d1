using System.Net;
using System.Net.Sockets;

namespace GpuGeek.TestSupport;

/// <summary>A port that nothing listens on.</summary>
public static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
