namespace GpuGeek.AppHost.Hosting;

/// <summary>Finds the hosts' programs: next to this one in a checkout (src/X/bin/Release/net10.0) or in a published layout
/// (../X).</summary>
internal static class HostPrograms
{
    public static string Find(string name)
    {
        var own = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var program = $"GpuGeek.{name}";
        string[] candidates =
        [
            own.Replace(
                $"{Path.DirectorySeparatorChar}AppHost{Path.DirectorySeparatorChar}",
                $"{Path.DirectorySeparatorChar}{name}{Path.DirectorySeparatorChar}",
                StringComparison.Ordinal
            ),
            Path.Combine(own, "..", name.ToLowerInvariant()),
            own,
        ];
        return candidates.Select(folder => Path.GetFullPath(Path.Combine(folder, program))).FirstOrDefault(File.Exists)
            ?? throw new PartFailedException(name, $"the program {program} was not found next to AppHost. Build the solution first.");
    }
}
