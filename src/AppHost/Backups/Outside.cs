namespace GpuGeek.AppHost.Backups;

/// <summary>Detects that the database, the objects or the keys are stored outside the data directory.</summary>
internal static class Outside
{
    private static readonly string[] Variables = ["GPUGEEK_DB", "GPUGEEK_S3_ENDPOINT", "GPUGEEK_OBJECTS", "GPUGEEK_KEYS"];

    /// <exception cref="PartFailedException">The environment, or a setting of the last start, names another place.</exception>
    public static void Refuse(string what, string? noted)
    {
        if (Named().Concat(noted?.Split(' ') ?? []).Distinct().ToList() is { Count: > 0 } found)
            throw new PartFailedException(
                what,
                $"{string.Join(", ", found)} is set: some data are outside the data directory. "
                    + "See docs/backup.md for how to back up the parts."
            );
    }

    public static string? Read(string file) => File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } names ? names : null;

    /// <summary>Saves the settings of this start, since a backup is started from another shell.</summary>
    public static void Note(string file)
    {
        var names = string.Join(' ', Named());
        if ((Read(file) ?? "") != names)
            File.WriteAllText(file, names);
    }

    private static IEnumerable<string> Named() => Variables.Where(v => Environment.GetEnvironmentVariable(v) is { Length: > 0 });
}
