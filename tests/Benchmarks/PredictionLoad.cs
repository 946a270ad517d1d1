using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace GpuGeek.Benchmarks;

/// <summary>What a number of clients saw.</summary>
/// <param name="Milliseconds">Of each answer with a prediction, sorted.</param>
internal sealed record LoadResult(double Seconds, double[] Milliseconds, int Refused, int Failed)
{
    public double Rate => Milliseconds.Length / Seconds;

    public double Percentile(double share) =>
        Milliseconds.Length == 0 ? double.NaN : Milliseconds[(int)Math.Min(Milliseconds.Length - 1, share * Milliseconds.Length)];
}

/// <summary>Clients with one connection each that send the same picture again and again. The requests are written by hand, because the
/// machine also runs the server and HttpClient would cost more.</summary>
internal sealed class PredictionLoad(Uri address, string key, byte[] picture)
{
    private readonly byte[] _request =
    [
        .. Encoding.ASCII.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $"POST {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\n"
                    + $"Content-Type: image/jpeg\r\nContent-Length: {picture.Length}\r\n\r\n"
            )
        ),
        .. picture,
    ];

    public async Task<LoadResult> RunAsync(int clients, TimeSpan time)
    {
        var started = Stopwatch.GetTimestamp();
        var seen = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(() => SendAsync(started, time))));
        return new(time.TotalSeconds, [.. seen.SelectMany(s => s.Milliseconds).Order()], seen.Sum(s => s.Refused), seen.Sum(s => s.Failed));
    }

    private async Task<(List<double> Milliseconds, int Refused, int Failed)> SendAsync(long started, TimeSpan time)
    {
        var (milliseconds, refused, failed, buffer) = (new List<double>(), 0, 0, new byte[16 << 10]);
        var socket = await ConnectAsync();
        while (Stopwatch.GetElapsedTime(started) < time)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(_request);
            var (status, isLast) = await ReadAsync(socket, buffer);
            if (isLast)
            {
                socket.Dispose();
                socket = await ConnectAsync();
            }
            // An answer after the end belongs to no second of the measurement.
            if (Stopwatch.GetElapsedTime(started) > time)
                break;
            if (status == 200)
                milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
            else if (status is 429 or 503)
            {
                refused++;
                // As long as Retry-After says.
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
            else
                failed++;
        }
        socket.Dispose();
        return (milliseconds, refused, failed);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        return socket;
    }

    /// <returns>The status, and whether the server closes the connection after this answer.</returns>
    private static async Task<(int Status, bool IsLast)> ReadAsync(Socket socket, byte[] buffer)
    {
        for (var length = 0; ; )
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (count == 0)
                throw new IOException("The server closed the connection.");
            length += count;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 && IsWhole(text[..end], text[(end + 4)..]))
                return (
                    int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture),
                    text[..end].Contains("\r\nConnection: close", StringComparison.OrdinalIgnoreCase)
                );
        }
    }

    private static bool IsWhole(string head, string body)
    {
        const string Name = "\r\ncontent-length:";
        var at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
            return body.EndsWith("0\r\n\r\n", StringComparison.Ordinal);
        return body.Length >= int.Parse(head[(at + Name.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
