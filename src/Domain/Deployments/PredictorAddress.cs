using System.Text;

namespace GpuGeek.Domain.Deployments;

/// <summary>Where a predictor listens: the path of a Unix socket (<c>/run/predictor/predictor.sock</c>), or
/// <c>http://host:port</c>.</summary>
public sealed record PredictorAddress
{
    /// <summary>The kernel's limit for the path of a socket.</summary>
    private const int MaxSocketBytes = 107;
    public const int MaxLength = 255;

    private PredictorAddress(string text, Uri? url) => (Text, Url) = (text, url);

    /// <summary>As it is configured. It names the predictor in the database and in messages.</summary>
    public string Text { get; }

    /// <summary>Null: a Unix socket, whose path is <see cref="Text"/>.</summary>
    public Uri? Url { get; }

    /// <returns>Null: it is no such address.</returns>
    public static PredictorAddress? Parse(string? text)
    {
        if (text is null || text.Length > MaxLength)
            return null;
        if (text.StartsWith('/'))
            return Encoding.UTF8.GetByteCount(text) <= MaxSocketBytes && !text.EndsWith('/') ? new(text, null) : null;
        return
            Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? new(text.TrimEnd('/'), url)
            : null;
    }

    /// <summary>A list that is separated by commas, without repetitions.</summary>
    /// <returns>Null: it is empty, or a part of it is no address.</returns>
    public static IReadOnlyList<PredictorAddress>? ParseList(string? text)
    {
        var parts = (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToList();
        return parts.Count == 0 || parts.Contains(null) ? null : [.. parts.Select(p => p!).DistinctBy(p => p.Text)];
    }
}
