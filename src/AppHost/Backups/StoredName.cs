namespace GpuGeek.AppHost.Backups;

/// <summary>
/// Rules about the names of stored objects. AppHost refers to no other project, so these few rules of the object store are repeated here.
/// </summary>
internal static class StoredName
{
    /// <summary>The object store's folder for unfinished writes.</summary>
    public const string Temporary = "tmp";

    /// <returns>The SHA-256 in a content-addressed name, or null for other names.</returns>
    public static string? ContentHash(string name) =>
        name.Split('/') is ["orgs", _, "sha256", var folder, var hash] && IsHash(hash) && hash.StartsWith(folder, StringComparison.Ordinal)
            ? hash
            : null;

    /// <summary>Checkpoints and uploads are deleted as soon as a newer one or a result replaces them; all other objects have a grace
    /// period of days.</summary>
    public static bool GoesAtOnce(string name) => name.Split('/') is ["orgs", _, "runs" or "uploads", ..];

    /// <summary>Path of the object below the store's folder.</summary>
    public static IEnumerable<string> FoldersThatGoAtOnce(string objects) =>
        from org in new DirectoryInfo(Path.Combine(objects, "orgs")) is { Exists: true } orgs ? orgs.EnumerateDirectories() : []
        from kind in (string[])["runs", "uploads"]
        select $"orgs/{org.Name}/{kind}";

    /// <summary>Checks that a relative path stays below its folder.</summary>
    public static bool IsSafe(string name) =>
        !name.Any(char.IsControl) && name.Split('/').All(segment => segment is not ("" or "." or ".."));

    public static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
