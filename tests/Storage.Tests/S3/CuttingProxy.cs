using System.Net;
using System.Net.Sockets;

namespace GpuGeek.Storage.Tests.S3;

/// <summary>Forwards connections to a server, and cuts the first ones after some bytes of the client.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly Uri _server;
    private readonly long _after;
    private readonly Task _accepting;
    private int _left;
    private int _cut;

    /// <param name="cuts">Connections to cut.</param>
    /// <param name="after">Bytes after which a connection is cut.</param>
    public CuttingProxy(string server, int cuts, long after)
    {
        (_server, _left, _after) = (new(server), cuts, after);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Endpoint => $"http://{_listener.LocalEndpoint}";
    public int Cut => _cut;

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_ends.Token)));
        }
        catch (OperationCanceledException) when (_ends.IsCancellationRequested)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _ends.Token);
                await Task.WhenAny(
                    RequestsAsync(client.GetStream(), server.GetStream()),
                    server.GetStream().CopyToAsync(client.GetStream(), _ends.Token)
                );
            }
            catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
            {
                // One side has closed the connection, or the test is over.
            }
    }

    private async Task RequestsAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[1 << 16];
        var (sent, read) = (0L, 0);
        while ((read = await from.ReadAsync(buffer, _ends.Token)) > 0)
        {
            if ((sent += read) >= _after && Interlocked.Decrement(ref _left) >= 0)
            {
                Interlocked.Increment(ref _cut);
                return;
            }
            await to.WriteAsync(buffer.AsMemory(0, read), _ends.Token);
        }
    }
}
