using System.Text;

namespace GpuGeek.Api.Http;

/// <summary>CSV (RFC 4180) that a spreadsheet can open without executing formulas.</summary>
internal static class Csv
{
    public static byte[] Write(string[] header, IEnumerable<string?[]> rows) => Rows(rows.Prepend(header));

    public static byte[] Rows(IEnumerable<string?[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
            text.AppendJoin(',', row.Select(Field)).Append("\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // A cell that a spreadsheet would execute as a formula gets an apostrophe (OWASP ASVS 1.2.10).
    private static string Field(string? value)
    {
        var safe = value is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + value : value ?? "";
        return safe.AsSpan().ContainsAny("\",\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
