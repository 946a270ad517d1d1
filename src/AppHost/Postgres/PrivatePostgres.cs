using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using GpuGeek.AppHost.Hosting;
using GpuGeek.ChildProcesses;
using Npgsql;

namespace GpuGeek.AppHost.Postgres;

/// <summary>
/// Our own PostgreSQL: created once in a folder, listening on 127.0.0.1 with a random password, and stopped with this process (QUIT, so
/// that no acknowledged commit is lost). If only the server dies, it is restarted at the same port, so that connection strings stay
/// valid.
/// </summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    /// <summary>PostgreSQL's account can enter it; no other account sees its contents.</summary>
    internal const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    internal const string SuperUser = "gpugeek_super";
    private readonly ManagedHost _server;
    private readonly string _password;

    private PrivatePostgres(ManagedHost server, int port, string password) => (_server, Port, _password) = (server, port, password);

    public int Port { get; }

    /// <summary>Completes when the server will not be restarted.</summary>
    public Task<PartFailedException> Failed => _server.Failed;

    /// <summary>Connection of the superuser, for creating roles and databases; never given to a host.</summary>
    public string SuperUserConnection(string database) => Connection(SuperUser, _password, database);

    public string Connection(string role, string password, string database) =>
        $"Host=127.0.0.1;Port={Port.ToString(CultureInfo.InvariantCulture)};Username={role};"
        + $"Password={password};Database={database};Timeout=15;Maximum Pool Size=50";

    /// <param name="durable">False only for tests: a crash may lose acknowledged commits.</param>
    public static async Task<PrivatePostgres> StartAsync(string folder, bool durable, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, FolderMode);
        var cluster = Path.Combine(folder, "cluster");
        var versionFile = Path.Combine(cluster, "PG_VERSION");
        var account = Account.ForPostgres();
        var existing = File.Exists(versionFile);
        var bin = PostgresBinaries.Find(existing ? (await File.ReadAllTextAsync(versionFile, cancellationToken)).Trim() : null);
        var password = await SecretFile.ReadOrCreateAsync(Path.Combine(folder, "password"), cancellationToken);
        if (!existing)
            await InitializeAsync(bin, folder, cluster, account, password, cancellationToken);
        await Leftovers.ClearAsync(cluster, account);
        var port = FreePort();
        var spec = Server(bin, folder, cluster, port, account, durable);
        var postgres = new PrivatePostgres(new(spec, () => Leftovers.ClearAsync(cluster, account)), port, password);
        try
        {
            await postgres.WaitUntilUpAsync(postgres._server.Start(), spec.LogFile, cancellationToken);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fast shutdown: clients are disconnected, everything committed is on disk.</summary>
    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await _server.StopAsync(TimeSpan.FromSeconds(20), Signals.Interrupt);
    }

    private static async Task InitializeAsync(
        string bin,
        string folder,
        string cluster,
        Account? account,
        string password,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(cluster);
        File.SetUnixFileMode(cluster, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        // Not /dev/stdin: the pipe belongs to root, and another account cannot open it again.
        var passwordFile = Path.Combine(folder, "initdb.password");
        await File.WriteAllTextAsync(passwordFile, password + "\n", cancellationToken);
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        account?.Own(cluster);
        account?.Own(passwordFile);
        var start = new ProcessStartInfo("setpriv") { Environment = { ["LC_ALL"] = "C" } };
        string[] arguments =
        [
            .. account?.Arguments ?? [],
            Path.Combine(bin, "initdb"),
            "-D",
            cluster,
            "-U",
            SuperUser,
            "-A",
            "scram-sha-256",
            $"--pwfile={passwordFile}",
            "-E",
            "UTF8",
            "--locale=C",
            // Letters beyond ASCII have a small and a large form too, for searches.
            "--lc-ctype=C.UTF-8",
            "--no-sync",
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var (exitCode, output, errors) = await ExternalCommand.RunAsync(start, cancellationToken);
        File.Delete(passwordFile);
        if (exitCode == 0)
            return;
        Directory.Delete(cluster, recursive: true);
        throw new PartFailedException("PostgreSQL", "initdb could not create the data folder.", output + errors);
    }

    private static ChildSpec Server(string bin, string folder, string cluster, int port, Account? account, bool durable)
    {
        string[] settings = durable ? [] : ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"];
        return new()
        {
            Name = "PostgreSQL",
            FileName = Path.Combine(bin, "postgres"),
            Arguments =
            [
                "-D",
                cluster,
                "-p",
                port.ToString(CultureInfo.InvariantCulture),
                "-h",
                "127.0.0.1",
                "-k",
                "",
                "-c",
                "max_connections=300",
                "-c",
                "shared_buffers=128MB",
                .. settings,
            ],
            Environment = { ["LC_ALL"] = "C" },
            LogFile = Path.Combine(folder, "postgres.log"),
            SetPrivArguments = account?.Arguments ?? [],
            DeathSignal = "QUIT",
        };
    }

    private async Task WaitUntilUpAsync(ChildProcess first, string log, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (first.Exited.IsCompleted)
                throw new PartFailedException("PostgreSQL", "it exited during its start.", LogFile.Tail(log));
            try
            {
                await using var connection = new NpgsqlConnection(SuperUserConnection("postgres") + ";Pooling=false");
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (Exception notYet) when (notYet is NpgsqlException or SocketException or TimeoutException)
            {
                if (attempt > 600)
                    throw new PartFailedException("PostgreSQL", "timeout: it did not respond within a minute.", LogFile.Tail(log));
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
