namespace GpuGeek.AppHost.Backups;

/// <summary>
/// What the names of stored objects say. AppHost refers to no other project, so these few rules of the object store stand here too.
/// </summary>
internal static class StoredName
{
    /// <summary>The object store's own folder for writes that have not ended.</summary>
    public const string Temporary = "tmp";

    /// <returns>The SHA-256 that a content-addressed name promises, or null for other names.</returns>
    public static string? ContentHash(string name) =>
        name.Split('/') is ["orgs", _, "sha256", var folder, var hash] && IsHash(hash) && hash.StartsWith(folder, StringComparison.Ordinal)
            ? hash
            : null;

    /// <summary>Checkpoints and uploads are deleted as soon as a newer one or a result takes their place; everything else has a grace of
    /// days.</summary>
    public static bool GoesAtOnce(string name) => name.Split('/') is ["orgs", _, "runs" or "uploads", ..];

    /// <summary>Where they lie.</summary>
    public static IEnumerable<string> FoldersThatGoAtOnce(string objects) =>
        from org in new DirectoryInfo(Path.Combine(objects, "orgs")) is { Exists: true } orgs ? orgs.EnumerateDirectories() : []
        from kind in (string[])["runs", "uploads"]
        select $"orgs/{org.Name}/{kind}";

    /// <summary>A relative path that stays below its folder.</summary>
    public static bool IsSafe(string name) =>
        !name.Any(char.IsControl) && name.Split('/').All(segment => segment is not ("" or "." or ".."));

    public static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
