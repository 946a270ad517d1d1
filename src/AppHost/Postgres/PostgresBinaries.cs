namespace GpuGeek.AppHost.Postgres;

/// <summary>Finds PostgreSQL's programs on this machine.</summary>
public static class PostgresBinaries
{
    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>: on PATH, else the newest under /usr/lib/postgresql; for an existing
    /// cluster the one of its version.</summary>
    /// <exception cref="PartFailedException">No suitable version; the message names the package to install.</exception>
    public static string Find(string? clusterVersion)
    {
        var installed = Candidates()
            .Where(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")))
            .ToList();
        if (clusterVersion is null)
            return installed.FirstOrDefault()
                ?? throw new PartFailedException(
                    "PostgreSQL",
                    "its programs are not installed. Install the package 'postgresql', or set GPUGEEK_DB and related variables to a server."
                );
        return installed.FirstOrDefault(folder => folder.Contains($"/{clusterVersion}/", StringComparison.Ordinal))
            ?? throw new PartFailedException(
                "PostgreSQL",
                $"the database files are of version {clusterVersion}, which is not installed. Install the package "
                    + $"'postgresql-{clusterVersion}'."
            );
    }

    /// <summary>The folder with <c>pg_dump</c> and <c>pg_restore</c> for a cluster: of the cluster's version if installed.</summary>
    /// <returns>Null: they are not installed.</returns>
    public static string? FindClients(string clusterVersion) =>
        Candidates()
            .Where(folder => File.Exists(Path.Combine(folder, "pg_dump")) && File.Exists(Path.Combine(folder, "pg_restore")))
            .OrderByDescending(folder => folder.Contains($"/{clusterVersion}/", StringComparison.Ordinal))
            .FirstOrDefault();

    /// <summary>The version of the cluster in AppHost's folder.</summary>
    public static string ClusterVersion(string folder) => File.ReadAllText(Path.Combine(folder, "cluster", "PG_VERSION")).Trim();

    private static IEnumerable<string> Candidates()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory
                .GetDirectories(debian)
                .OrderByDescending(d => int.TryParse(Path.GetFileName(d), out var version) ? version : 0)
                .Select(d => Path.Combine(d, "bin"))
            : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Concat(versions);
    }
}
