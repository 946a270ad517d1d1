using System.Text.RegularExpressions;
using GpuGeek.TestSupport;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>The table of codes in docs/api.md: which code comes with which status.</summary>
internal static partial class DocumentedCodes
{
    public static HashSet<(int Status, string Code)> Read()
    {
        var text = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "docs", "api.md"));
        var section = text[text.IndexOf("## Errors", StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        return
        [
            .. from row in section.Split('\n')
            let cells = row.Split('|', StringSplitOptions.TrimEntries)
            where cells.Length == 4
            from status in Status().Matches(cells[1])
            from code in Code().Matches(cells[2])
            select (int.Parse(status.Value, System.Globalization.CultureInfo.InvariantCulture), code.Groups[1].Value),
        ];
    }

    [GeneratedRegex(@"\d{3}")]
    private static partial Regex Status();

    [GeneratedRegex("`([a-z][a-z0-9_]*)`")]
    private static partial Regex Code();
}
