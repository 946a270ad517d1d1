using System.Buffers.Text;
using System.Text;
using GpuGeek.Contracts.Common;
using GpuGeek.Domain.Common;

namespace GpuGeek.Api.Http;

/// <summary>Cursors: opaque to callers; they contain the key of the last row.</summary>
internal static class Paging
{
    public const int Max = 200;

    public static int Limit(int? limit, int fallback = 50) =>
        limit switch
        {
            null => fallback,
            >= 1 and <= Max => limit.Value,
            _ => throw new DomainException("invalid_limit", $"'limit' must be 1 to {Max}.", $"Send ?limit= between 1 and {Max}."),
        };

    public static string Encode(string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(key));

    public static Guid? After(string? cursor)
    {
        if (cursor is null)
            return null;
        return Decode(cursor) is { } key && Guid.TryParse(key, out var id) ? id : throw Invalid();
    }

    /// <summary>The key itself; null: from the beginning.</summary>
    public static string? AfterKey(string? cursor) => cursor is null ? null : Decode(cursor) ?? throw Invalid();

    public static int AfterNumber(string? cursor)
    {
        if (cursor is null)
            return 0;
        return Decode(cursor) is { } key && int.TryParse(key, out var number) && number >= 0 ? number : throw Invalid();
    }

    /// <summary>Pass one row more than the page size: the extra row shows that there is a next page.</summary>
    public static Page<TItem> Of<TRow, TItem>(List<TRow> rows, int limit, Func<TRow, string> key, Func<TRow, TItem> map) =>
        new([.. rows.Take(limit).Select(map)], rows.Count > limit ? Encode(key(rows[limit - 1])) : null);

    private static string? Decode(string cursor)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public static DomainException Invalid() =>
        new("invalid_cursor", "The cursor 'after' was not issued by this API.", "Pass the value of 'next' unchanged.");
}
