using System.Diagnostics;
using System.Globalization;
using GpuGeek.AppHost.Hosting;
using GpuGeek.AppHost.Postgres;

namespace GpuGeek.AppHost.Backups;

/// <summary>pg_dump and pg_restore of the cluster's version, as the superuser of a private cluster.</summary>
/// <param name="Programs">Their folder.</param>
/// <param name="Port">On 127.0.0.1.</param>
internal sealed record PostgresTools(string Programs, int Port, string Password)
{
    public const string Database = "gpugeek";

    public string Connection =>
        $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Username={PrivatePostgres.SuperUser};Password={Password};"
        + $"Database={Database};Timeout=15;Pooling=false";

    /// <param name="folder">The folder <c>postgres</c> in AppHost's data directory; its cluster is running.</param>
    /// <exception cref="PartFailedException">The programs are not installed.</exception>
    public static PostgresTools Of(string folder, int port)
    {
        var version = PostgresBinaries.ClusterVersion(folder);
        var programs =
            PostgresBinaries.FindClients(version)
            ?? throw new PartFailedException(
                "PostgreSQL",
                $"pg_dump and pg_restore are not installed. Install the package 'postgresql-client-{version}'."
            );
        return new(programs, port, File.ReadAllText(Path.Combine(folder, "password")).Trim());
    }

    /// <exception cref="PartFailedException">The program failed; the message has its output.</exception>
    public async Task RunAsync(string program, CancellationToken cancellationToken, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Programs, program), arguments)
        {
            // The password is passed in the environment: a command line is public.
            Environment =
            {
                ["PGHOST"] = "127.0.0.1",
                ["PGPORT"] = Port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = PrivatePostgres.SuperUser,
                ["PGPASSWORD"] = Password,
                ["PGDATABASE"] = Database,
            },
        };
        var (exitCode, _, errors) = await ExternalCommand.RunAsync(start, cancellationToken);
        if (exitCode != 0)
            throw new PartFailedException(program, $"it exited with code {exitCode}.", errors.Trim());
    }
}
