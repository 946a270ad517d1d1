using System.Globalization;

namespace GpuGeek.Benchmarks;

/// <summary>Processor time of a process and its descendants, by program.</summary>
internal static class ProcessTimes
{
    private const double TicksPerSecond = 100;
    private const int UserTime = 11,
        SystemTime = 12,
        Parent = 1;

    /// <returns>Seconds since each program started.</returns>
    public static Dictionary<string, double> Of(int root)
    {
        var all = Directory
            .EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => Read(name!))
            .OfType<(int Id, int Parent, string Name, double Seconds)>()
            .ToList();
        HashSet<int> family = [root];
        while (all.FindAll(p => family.Contains(p.Parent) && family.Add(p.Id)).Count > 0) { }
        return all.Where(p => family.Contains(p.Id))
            .GroupBy(p => p.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(p => p.Seconds), StringComparer.Ordinal);
    }

    private static (int, int, string, double)? Read(string id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            // The name may contain spaces; the numbers follow its closing bracket.
            var (open, close) = (text.IndexOf('('), text.LastIndexOf(')'));
            var fields = text[(close + 2)..].Split(' ');
            var ticks = Number(fields[UserTime]) + Number(fields[SystemTime]);
            return ((int)Number(id), (int)Number(fields[Parent]), text[(open + 1)..close], ticks / TicksPerSecond);
        }
        catch (Exception ended) when (ended is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
