using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace GpuGeek.Api.Http.Versions;

/// <summary>Strong entity tags (RFC 9110): the same bytes have the same tag.</summary>
internal static class EntityTags
{
    private const int HashBytes = 16;

    public static EntityTagHeaderValue Of(ReadOnlySpan<byte> representation) =>
        new($"\"{Base64Url.EncodeToString(SHA256.HashData(representation).AsSpan(0, HashBytes))}\"");

    /// <returns>Null: the header is not a list of entity tags.</returns>
    public static IList<EntityTagHeaderValue>? Parse(StringValues header) =>
        EntityTagHeaderValue.TryParseStrictList([.. header.OfType<string>()], out var tags) ? tags : null;

    public static bool Match(IEnumerable<EntityTagHeaderValue> asked, EntityTagHeaderValue present, bool strong) =>
        asked.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Compare(present, strong));
}
