using System.Text.RegularExpressions;

namespace GpuGeek.Architecture.Tests;

/// <summary>Row-level security gets the tenant from one factory; a connection created elsewhere has no tenant, or the wrong
/// one.</summary>
public sealed partial class ConnectionsComeFromTheFactory
{
    // AppHost makes the cluster and its roles, and backs up every tenant's rows; the migration runs as the owner before anything serves.
    // The pulse asks no table.
    private static readonly string[] Allowed =
    [
        "src/AppHost/Postgres/",
        "src/AppHost/Backups/DatabaseSnapshot.cs",
        "src/Infrastructure/Persistence/DbContexts.cs",
        "src/Infrastructure/Persistence/DesignTimeFactory.cs",
        "src/Infrastructure/Persistence/Migrator.cs",
        "src/Infrastructure/Persistence/DatabasePulse.cs",
    ];

    private static bool MakesOne(string path, string text) =>
        path.StartsWith("src/", StringComparison.Ordinal)
        && !Allowed.Any(a => path.StartsWith(a, StringComparison.Ordinal))
        && Connection().IsMatch(text);

    [Fact]
    public void And_from_nowhere_else() =>
        Assert.DoesNotContain(
            Repository.SourceFiles().Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/')),
            f => MakesOne(f, File.ReadAllText(Path.Combine(Repository.Root, f)))
        );

    [Theory]
    [InlineData("await using var connection = new NpgsqlConnection(text);")]
    [InlineData("var source = NpgsqlDataSource.Create(text);")]
    [InlineData("var source = new NpgsqlDataSourceBuilder(text).Build();")]
    [InlineData("options.UseNpgsql(text);")]
    [InlineData("using var db = new GpuGeekDbContext(options, null, null);")]
    public void A_planted_one_is_seen(string line) => Assert.True(MakesOne("src/Api/Features/Runs/RunEndpoints.cs", line));

    [GeneratedRegex(@"new NpgsqlConnection\(|NpgsqlDataSource\.Create|new NpgsqlDataSourceBuilder|\.UseNpgsql\(|new GpuGeekDbContext\(")]
    private static partial Regex Connection();
}
