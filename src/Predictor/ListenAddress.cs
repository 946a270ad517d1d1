using System.Net;
using System.Security.Cryptography;
using System.Text;
using GpuGeek.Domain.Deployments;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace GpuGeek.Predictor;

/// <summary>Listens on a Unix socket, which only its owner can open, or on a port, where every request must bring the token.</summary>
internal static class ListenAddress
{
    private const int MinToken = 16;
    private const string Scheme = "Bearer ";

    public static void Listen(this KestrelServerOptions kestrel, string address)
    {
        // The check of the options refuses another address before Kestrel listens.
        if (PredictorAddress.Parse(address) is not { } parsed)
            return;
        if (parsed.Url is { } url)
        {
            if (Ip(url) is { } ip)
                kestrel.Listen(ip, url.Port);
            return;
        }
        // A socket file outlives a killed process; no process listens on it any more.
        File.Delete(parsed.Text);
        kestrel.ListenUnixSocket(parsed.Text);
    }

    /// <summary>Once the process listens.</summary>
    public static void CloseToOthers(string address)
    {
        if (PredictorAddress.Parse(address) is { Url: null } socket)
            File.SetUnixFileMode(socket.Text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public static void UseToken(this WebApplication app, string token)
    {
        if (token.Length == 0)
            return;
        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        app.Use(
            async (http, next) =>
            {
                if (http.Request.Path == PredictorRoutes.Health || Matches(http.Request.Headers.Authorization.ToString(), expected))
                    await next(http);
                else
                    await PredictorEndpoints
                        .Refuse(401, new("token_required", "The request has no token, or another one.", "Set GPUGEEK_PREDICTOR_TOKEN."))
                        .ExecuteAsync(http);
            }
        );
    }

    private static bool Matches(string header, byte[] expected) =>
        header.StartsWith(Scheme, StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..])), expected);

    private static IPAddress? Ip(Uri url) => url.Scheme == "http" && IPAddress.TryParse(url.DnsSafeHost, out var ip) ? ip : null;

    internal sealed class Check : IValidateOptions<PredictorOptions>
    {
        public ValidateOptionsResult Validate(string? name, PredictorOptions options)
        {
            if (options.Address.Length == 0)
                return Fail("GPUGEEK_PREDICTOR_ADDRESS is not set: it is the path of the Unix socket to listen on, or http://IP:port.");
            if (PredictorAddress.Parse(options.Address) is not { } address || address.Url is { } url && Ip(url) is null)
                return Fail(
                    $"GPUGEEK_PREDICTOR_ADDRESS is '{options.Address}': it must be the path of a Unix socket (at most 107 bytes), or "
                        + "http://IP:port, such as http://0.0.0.0:5300."
                );
            return address.Url is not null && options.Token.Length < MinToken
                ? Fail($"GPUGEEK_PREDICTOR_TOKEN is shorter than {MinToken} characters: a predictor at a port needs a token.")
                : ValidateOptionsResult.Success;
        }

        private static ValidateOptionsResult Fail(string why) => ValidateOptionsResult.Fail(why);
    }
}
