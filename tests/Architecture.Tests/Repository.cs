namespace GpuGeek.Architecture.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> SourceFiles() =>
        new[] { "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "Migrations"));

    /// <summary>Source files below a folder, by their paths from it.</summary>
    public static IEnumerable<(string File, string Text)> FilesOf(string folder) =>
        from file in SourceFiles()
        let path = Path.GetRelativePath(Path.Combine(Root, folder), file)
        where !path.StartsWith("..", StringComparison.Ordinal)
        select (path, File.ReadAllText(file));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "GpuGeek.sln")))
            folder =
                Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException(
                    $"No GpuGeek.sln above {AppContext.BaseDirectory}: run these tests from a checkout."
                );
        return folder;
    }
}
