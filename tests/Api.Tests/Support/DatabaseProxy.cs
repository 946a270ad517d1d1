using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace GpuGeek.Api.Tests.Support;

/// <summary>A way to the database that stops when a statement contains a word: it never reaches the server.</summary>
internal sealed class DatabaseProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly string _word;

    public DatabaseProxy(string connectionString, string word)
    {
        (_target, _word) = (new(connectionString), word);
        _listener.Start();
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        }.ConnectionString;
        _ = AcceptAsync();
    }

    public string ConnectionString { get; }

    /// <summary>Ends when a statement with the word is held.</summary>
    public Task Held => _held.Task;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception ended) when (ended is ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await server.ConnectAsync(_target.Host!, _target.Port);
            await using var up = new NetworkStream(server);
            await using var down = client.GetStream();
            try
            {
                await Task.WhenAny(CopyAsync(down, up), up.CopyToAsync(down));
            }
            catch (IOException)
            {
                // One of the two ends has closed.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[65536];
        while (await from.ReadAsync(buffer) is var read and > 0)
        {
            if (Encoding.UTF8.GetString(buffer, 0, read).Contains(_word, StringComparison.Ordinal))
            {
                _held.TrySetResult();
                return;
            }
            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }
}
