using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GpuGeek.TestSupport;

/// <param name="SignedIn">User and password of AUTH PLAIN, separated by a colon; null: nobody signed in.</param>
public sealed record TakenMail(string From, IReadOnlyList<string> To, string Data, string? SignedIn);

/// <summary>A mail server for tests: receives mail over real SMTP (RFC 5321) and stores it.</summary>
public sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentQueue<TakenMail> _taken = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Task _loop;

    public SmtpServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _loop = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>The response to RCPT TO.</summary>
    public string RecipientAnswer { get; set; } = "250 OK";

    public bool AsksForPassword { get; init; }

    public IReadOnlyCollection<TakenMail> Taken => _taken;

    /// <summary>The next mail; previous ones have been removed.</summary>
    public async Task<TakenMail> NextAsync(CancellationToken cancellationToken)
    {
        await _arrived.WaitAsync(cancellationToken);
        return _taken.TryDequeue(out var mail) ? mail : throw new InvalidOperationException("A mail was counted and is not there.");
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Stop();
        await _loop;
        _listener.Dispose();
        _ended.Dispose();
        _arrived.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_ended.Token);
                await TalkAsync(client.GetStream(), _ended.Token);
            }
        }
        catch (Exception ending)
            when (_ended.IsCancellationRequested
                && ending is OperationCanceledException or SocketException or IOException or InvalidOperationException
            )
        {
            // The test has ended; a listener that was stopped reports that it was never started.
        }
    }

    private async Task TalkAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var (from, to, signedIn) = ("", new List<string>(), (string?)null);
        await writer.WriteLineAsync("220 test");
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await writer.WriteLineAsync(AsksForPassword ? "250-test\r\n250 AUTH PLAIN" : "250 test");
                    break;
                case "AUTH":
                    var parts = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Split('\0');
                    signedIn = $"{parts[1]}:{parts[2]}";
                    await writer.WriteLineAsync("235 OK");
                    break;
                case "MAIL":
                    (from, to) = (Address(line), []);
                    await writer.WriteLineAsync(AsksForPassword && signedIn is null ? "530 sign in" : "250 OK");
                    break;
                case "RCPT":
                    if (RecipientAnswer.StartsWith("250", StringComparison.Ordinal))
                        to.Add(Address(line));
                    await writer.WriteLineAsync(RecipientAnswer);
                    break;
                case "DATA":
                    await writer.WriteLineAsync("354 go on");
                    _taken.Enqueue(new(from, to, await ReadDataAsync(reader, cancellationToken), signedIn));
                    _arrived.Release();
                    await writer.WriteLineAsync("250 OK");
                    break;
                case "QUIT":
                    await writer.WriteLineAsync("221 bye");
                    return;
                default:
                    await writer.WriteLineAsync(verb is "RSET" or "NOOP" ? "250 OK" : "502 unknown");
                    break;
            }
        }
    }

    private static async Task<string> ReadDataAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken) is { } line && line != ".")
            data.Append(line.StartsWith("..", StringComparison.Ordinal) ? line[1..] : line).Append("\r\n");
        return data.ToString();
    }

    private static string Address(string line) =>
        line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
}
