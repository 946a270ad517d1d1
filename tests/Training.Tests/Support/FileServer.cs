using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GpuGeek.Training.Tests.Support;

/// <summary>An HTTP server of one file on its own port, over plain sockets, so that it can close the connection in the middle of a
/// body.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public FileServer(byte[] file)
    {
        File = file;
        _listener.Start();
        _loop = LoopAsync();
    }

    public byte[] File { get; set; }
    public string Tag { get; set; } = "\"one\"";
    public bool KnowsRanges { get; init; } = true;

    /// <summary>Each connection is closed after this many bytes of the body; null sends all.</summary>
    public int? BreakAfter { get; set; }

    /// <summary>Number of connections that are closed early; later ones are not.</summary>
    public int Breaks { get; set; } = int.MaxValue;

    /// <summary>First byte of each response.</summary>
    public ConcurrentQueue<int> Starts { get; } = [];
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _loop.GetAwaiter().GetResult();
        _stop.Dispose();
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                await AnswerAsync(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception gone) when (gone is SocketException or IOException)
            {
                // The client has closed the connection, which is allowed.
                if (_stop.IsCancellationRequested)
                    return;
            }
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        await reader.ReadLineAsync(_stop.Token);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
            headers[line[..line.IndexOf(':')]] = line[(line.IndexOf(':') + 1)..].Trim();
        var start = Start(headers);
        Starts.Enqueue(start);
        var status =
            start > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"206 Partial Content\r\nContent-Range: bytes {start}-{File.Length - 1}/{File.Length}"
                )
                : "200 OK";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {status}\r\nETag: {Tag}\r\nContent-Length: {File.Length - start}\r\nConnection: close\r\n\r\n"
                )
            ),
            _stop.Token
        );
        var count = File.Length - start;
        if (BreakAfter is { } most && Breaks-- > 0)
            count = Math.Min(most, count);
        await stream.WriteAsync(File.AsMemory(start, count), _stop.Token);
    }

    private int Start(Dictionary<string, string> headers) =>
        KnowsRanges && headers.TryGetValue("Range", out var range) && headers.GetValueOrDefault("If-Range") == Tag
            ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture)
            : 0;
}
