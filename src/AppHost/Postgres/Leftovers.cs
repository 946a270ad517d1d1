using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using GpuGeek.AppHost.Hosting;
using GpuGeek.ChildProcesses;

namespace GpuGeek.AppHost.Postgres;

/// <summary>
/// Processes and files of a server that was not shut down in order: AppHost or the postmaster was killed, and its backends keep running
/// for a moment. While one of them is alive, PostgreSQL refuses to start, and two servers on one cluster would destroy it.
/// </summary>
internal static partial class Leftovers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="PartFailedException">A process of the previous server does not exit.</exception>
    public static async Task ClearAsync(string cluster, Account? account)
    {
        var path = realpath(cluster, 0) ?? cluster;
        // A live postmaster stops its backends and itself on QUIT.
        foreach (var signal in (int[])[Signals.Quit, Signals.Kill])
            if (await EndAsync(path, account, signal))
                break;
        if (await ProcessesInAsync(path, account) is [var stuck, ..])
            throw new PartFailedException(
                "PostgreSQL",
                $"process {stuck} of its previous server still uses {cluster} and cannot be killed. Stop that process and start again."
            );
        // Its process id may belong to another process by now, which PostgreSQL would mistake for a running server.
        File.Delete(Path.Combine(cluster, "postmaster.pid"));
    }

    private static async Task<bool> EndAsync(string cluster, Account? account, int signal)
    {
        var started = TimeProvider.System.GetTimestamp();
        var left = await ProcessesInAsync(cluster, account);
        foreach (var pid in left)
            Signals.Send(pid, signal);
        while (left.Count > 0 && TimeProvider.System.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(50);
            left = await ProcessesInAsync(cluster, account);
        }
        return left.Count == 0;
    }

    /// <summary>
    /// All its processes have the cluster's folder as their working directory. The check runs as the cluster's account: in a container,
    /// root may not see the working directory of another account's process.
    /// </summary>
    private static async Task<List<int>> ProcessesInAsync(string cluster, Account? account)
    {
        var pattern = Special().Replace(cluster, @"\$0");
        string[] arguments = [.. account?.Arguments ?? [], "find", "/proc", "-maxdepth", "2", "-name", "cwd", "-lname", pattern];
        var (_, found, _) = await ExternalCommand.RunAsync(new ProcessStartInfo("setpriv", arguments), CancellationToken.None);
        return
        [
            .. found
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(l => int.Parse(l.Split('/')[2], CultureInfo.InvariantCulture))
                .Where(IsPostgres),
        ];
    }

    private static bool IsPostgres(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").Trim() == "postgres";
        }
        catch (IOException)
        {
            // It has exited in the meantime.
            return false;
        }
    }

    [GeneratedRegex(@"[\\*?[\]]")]
    private static partial Regex Special();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial string? realpath(string path, nint resolved);
}
