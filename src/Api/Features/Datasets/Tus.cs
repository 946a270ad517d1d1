using System.Buffers.Text;
using System.Globalization;
using System.Text;
using GpuGeek.Api.Http;
using GpuGeek.Domain.Common;
using Microsoft.Extensions.Primitives;

namespace GpuGeek.Api.Features.Datasets;

/// <summary>Names and values of tus 1.0.0 (https://tus.io/protocols/resumable-upload).</summary>
internal static class Tus
{
    public const string Version = "1.0.0",
        Extensions = "creation,expiration,checksum,termination",
        ContentType = "application/offset+octet-stream",
        VersionHeader = "Tus-Resumable",
        Offset = "Upload-Offset",
        Length = "Upload-Length",
        Metadata = "Upload-Metadata",
        Checksum = "Upload-Checksum",
        Expires = "Upload-Expires";

    /// <summary>A number that a header must have.</summary>
    /// <exception cref="DomainException"><c>bad_upload_header</c></exception>
    public static long Number(HttpRequest request, string header) =>
        long.TryParse(request.Headers[header].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad(header, "must be a whole number of bytes");

    /// <summary>Pairs of a key and a value in base64, between commas; a value may be missing.</summary>
    /// <exception cref="DomainException"><c>bad_upload_header</c></exception>
    public static Dictionary<string, string> ReadMetadata(StringValues header)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in header.ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (key, value) = pair.Split(' ', 2) is [var name, var encoded] ? (name, encoded) : (pair, "");
            if (!found.TryAdd(key, Decode(value)))
                throw Bad(Metadata, $"has the key '{key}' twice");
        }
        return found;
    }

    public static DomainException Bad(string header, string problem) =>
        new("bad_upload_header", $"The header {header} {problem}.", "See https://tus.io/protocols/resumable-upload, or use a tus client.");

    private static string Decode(string base64)
    {
        if (!Base64.IsValid(base64))
            throw Bad(Metadata, "has a value that is not base64");
        var bytes = Convert.FromBase64String(base64);
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Bad(Metadata, "has a value that is not UTF-8");
        }
    }
}

/// <summary>Every request names the protocol's version, and so does every answer.</summary>
internal sealed class TusFilter : IEndpointFilter
{
    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers[Tus.VersionHeader] = Tus.Version;
        if (HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers[Tus.VersionHeader] == Tus.Version)
            return next(context);
        http.Response.Headers["Tus-Version"] = Tus.Version;
        return ValueTask.FromResult<object?>(
            Problems.Of(
                412,
                "tus_version_unsupported",
                "Unsupported protocol version",
                $"The header {Tus.VersionHeader} must be {Tus.Version}.",
                "Use a client of tus 1.0, or PUT the bytes to the import's uploadUrl."
            )
        );
    }
}
