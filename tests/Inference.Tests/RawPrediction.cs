using System.Globalization;
using System.Net.Sockets;
using System.Text;
using GpuGeek.Domain.Deployments;

namespace GpuGeek.Inference.Tests;

/// <summary>A prediction sent by hand: the head first, the picture only when the test says so.</summary>
internal sealed class RawPrediction : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _picture;

    private RawPrediction(byte[] picture) => _picture = picture;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Asks before it sends the picture: a server that wants it says 100.</summary>
    public static async Task<RawPrediction> StartAsync(string socket, string key, int limit, byte[] picture)
    {
        var request = new RawPrediction(picture);
        await request._socket.ConnectAsync(new UnixDomainSocketEndPoint(socket), Cancel);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"POST /deployments/{key}/predict HTTP/1.1\r\nHost: predictor\r\nExpect: 100-continue\r\n"
                + $"{PredictorRoutes.Limit}: {limit}\r\nContent-Length: {picture.Length}\r\n\r\n"
        );
        await request._socket.SendAsync(Encoding.ASCII.GetBytes(head), Cancel);
        return request;
    }

    /// <summary>What has come, at least to the end of a head.</summary>
    public async Task<string> ReadAsync()
    {
        var (text, buffer) = ("", new byte[4096]);
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await _socket.ReceiveAsync(buffer, Cancel);
            if (count == 0)
                return text;
            text += Encoding.ASCII.GetString(buffer, 0, count);
        }
        return text;
    }

    public async Task SendPictureAsync() => await _socket.SendAsync(_picture, Cancel);

    public void Dispose() => _socket.Dispose();
}
