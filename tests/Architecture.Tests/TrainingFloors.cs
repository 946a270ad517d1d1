using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace GpuGeek.Architecture.Tests;

/// <summary>The folders of <c>src/Training</c>, from the ground up. Files in the folder itself compose them and may use all.</summary>
internal static partial class TrainingFloors
{
    private static readonly string[] Parts = ["Objectives", "Optimization", "Averaging", "Stopping"];

    /// <summary>A folder may use the floors below its own. Folders on one floor do not use one another.</summary>
    public static readonly string[][] Floors =
    [
        ["Common"],
        ["Devices", "Graphs"],
        ["Models", "Weights"],
        ["Checkpoints", "Examples"],
        ["Data"],
        Parts,
        ["Engine"],
        ["Export"],
    ];

    /// <summary>What the compiled types use, however it is written in the source.</summary>
    public static IEnumerable<string> UpwardUses(System.Reflection.Assembly assembly, string root)
    {
        var types = new ArchLoader().LoadAssembly(assembly).Build().Types;
        return (
            from type in types
            let user = Folder(type.Namespace?.FullName, root)
            where user is not null
            from dependency in type.Dependencies
            let used = Folder(dependency.Target.Namespace?.FullName, root)
            where used is not null && !MayUse(user, used)
            select $"{user} uses {Name(used)} ({type.Name} → {dependency.Target.Name})"
        ).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The engine sees the parts of a training by their interfaces; one class chooses them.</summary>
    public static IEnumerable<string> ChosenParts(System.Reflection.Assembly assembly, string root, string chooser) =>
        (
            from type in new ArchLoader().LoadAssembly(assembly).Build().Types
            where Folder(type.Namespace?.FullName, root) == "Engine" && type.Name != chooser
            from dependency in type.Dependencies
            let part = dependency.Target as Class
            where part is not null && Folder(part.Namespace?.FullName, root) is { } folder && Parts.Contains(folder)
            where part.ImplementedInterfaces.Any(i => i.Namespace?.FullName == part.Namespace?.FullName)
            select $"{type.Name} chooses {part.Name}"
        ).Distinct(StringComparer.Ordinal);

    /// <summary>What the source imports: the compiler leaves no trace of a constant's owner.</summary>
    public static IEnumerable<string> UpwardImports(IEnumerable<(string File, string Text)> files) =>
        from file in files
        let user = Path.GetDirectoryName(file.File)!.Split('/')[0]
        where user.Length > 0
        from Match import in Import().Matches(file.Text)
        let used = import.Groups[1].Value
        where !MayUse(user, used)
        select $"{file.File} imports {Name(used)}";

    /// <summary>A namespace that is not the folder's would hide a use from the other rules.</summary>
    public static IEnumerable<string> MisplacedNamespaces(IEnumerable<(string File, string Text)> files) =>
        from file in files
        let expected = string.Join('.', [Root, .. Path.GetDirectoryName(file.File)!.Split('/', StringSplitOptions.RemoveEmptyEntries)])
        where !file.Text.Contains($"namespace {expected};", StringComparison.Ordinal)
        select $"{file.File} is not in {expected}";

    public static IEnumerable<string> UnknownFolders(IEnumerable<string> folders) =>
        folders.Except(Floors.SelectMany(floor => floor), StringComparer.Ordinal).Select(folder => $"src/Training/{folder} is on no floor");

    public const string Root = "GpuGeek.Training";

    private static bool MayUse(string user, string used) =>
        user.Length == 0 || user == used || (used.Length > 0 && Floor(used) < Floor(user));

    private static int Floor(string folder) => Array.FindIndex(Floors, floor => floor.Contains(folder));

    private static string Name(string folder) => folder.Length == 0 ? "the composition" : folder;

    /// <returns>Empty for the root itself; null for what is not below it.</returns>
    private static string? Folder(string? name, string root) =>
        name == root ? ""
        : name?.StartsWith(root + ".", StringComparison.Ordinal) == true ? name[(root.Length + 1)..].Split('.')[0]
        : null;

    [GeneratedRegex(@"using (?:static )?(?:\w+ = )?GpuGeek\.Training\.(\w+)")]
    private static partial Regex Import();
}
