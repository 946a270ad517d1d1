namespace GpuGeek.Architecture.Tests;

/// <summary>A feature has one word in every project, so that the word finds all of it.</summary>
public sealed class FeaturesHaveOneName
{
    private static readonly HashSet<string> Features =
    [
        "Accounts",
        "Activity",
        "Billing",
        "Comments",
        "Datasets",
        "Deletions",
        "Deployments",
        "Devices",
        "Embeddings",
        "Health",
        "Idempotency",
        "Jobs",
        "Live",
        "Mail",
        "Models",
        "Projects",
        "Recipes",
        "Runs",
        "Sharing",
        "Storage",
        "Tenants",
        "Webhooks",
        "Weights",
    ];

    /// <summary>Where a name below is a feature's, and what else may stand there.</summary>
    private static readonly (string Folder, string[] Others)[] Places =
    [
        ("src/Api/Features", []),
        ("src/Contracts", ["Client", "Common"]),
        ("src/Domain", ["Common"]),
        ("src/Infrastructure/Persistence/Configurations", []),
        ("src/Web/Components/Pages", ["Common"]),
        // Words that every page uses, and the words of a recipe's settings.
        ("src/Web/Localization", ["RecipeWords", "Setting", "Words"]),
        ("tests/Api.Tests", ["Contract", "Http", "Support", "Walls"]),
        ("tests/Domain.Tests", ["Common"]),
        ("tests/Web.Tests/Components", []),
    ];

    private static IEnumerable<string> Unknown(string folder, IEnumerable<string> names, string[] others) =>
        names.Where(name => !Features.Contains(name) && !others.Contains(name)).Select(name => $"{folder}/{name} is no feature");

    private static IEnumerable<string> NamesIn(string folder)
    {
        var path = Path.Combine(Repository.Root, folder);
        var folders = Directory.GetDirectories(path).Select(f => Path.GetFileName(f)!).Where(name => name is not ("bin" or "obj"));
        return folder.EndsWith("Configurations", StringComparison.Ordinal) ? Files(path)
            : folder.EndsWith("Localization", StringComparison.Ordinal) ? Files(path).Select(WithoutText)
            : folders;
    }

    private static IEnumerable<string> Files(string path) =>
        Directory.GetFiles(path, "*.cs").Select(f => Path.GetFileNameWithoutExtension(f)!);

    private static string WithoutText(string name) => name.EndsWith("Text", StringComparison.Ordinal) ? name[..^4] : name;

    [Fact]
    public void In_every_project() => Assert.Empty(Places.SelectMany(place => Unknown(place.Folder, NamesIn(place.Folder), place.Others)));

    [Fact]
    public void Each_of_which_is_somewhere() => Assert.Empty(Features.Except(Places.SelectMany(place => NamesIn(place.Folder))));

    [Fact]
    public void A_planted_second_name_is_seen() =>
        Assert.Equal(["src/Api/Features/Data is no feature"], Unknown("src/Api/Features", ["Datasets", "Data", "Runs"], []));
}
