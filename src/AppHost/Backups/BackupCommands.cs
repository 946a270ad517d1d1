using System.Runtime.InteropServices;
using GpuGeek.AppHost.Hosting;
using Npgsql;

namespace GpuGeek.AppHost.Backups;

/// <summary>The operator's commands backup and restore.</summary>
internal static class BackupCommands
{
    private const string Usage = """
        GpuGeek.AppHost backup --to DIR [--data DIR]      writes database, objects and keys into a new folder, while everything serves
        GpuGeek.AppHost restore --from DIR [--data DIR]   makes a data directory out of a backup
        """;

    public static bool Knows(string[] args) => args is ["backup" or "restore", ..];

    public static async Task<int> RunAsync(string[] args)
    {
        var other = args[0] == "backup" ? "--to" : "--from";
        var options = Options(args[1..], other);
        if (options is null)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }
        using var stop = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args[0], options.Value.Data, options.Value.Other, stop.Token);
    }

    private static async Task<int> RunAsync(string verb, string data, string other, CancellationToken cancellationToken)
    {
        try
        {
            Console.WriteLine(
                verb == "backup"
                    ? await Backup.RunAsync(data, other, cancellationToken)
                    : await Restore.RunAsync(other, data, cancellationToken)
            );
            return 0;
        }
        catch (Exception stopped)
            when (stopped is OperationCanceledException or NpgsqlException && cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"The {verb} was stopped; its incomplete output was removed.");
        }
        catch (PartFailedException failure)
        {
            var more = failure.LogTail is { Length: > 0 } tail ? $"\n--- its output ---\n{tail}" : "";
            await Console.Error.WriteLineAsync(failure.Message + more);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync($"The {verb} failed; its incomplete output was removed: {failure.Message}");
        }
        return 1;
    }

    /// <returns>Null: the command line is wrong.</returns>
    private static (string Data, string Other)? Options(string[] args, string other)
    {
        var (data, value) = (Settings.DefaultData(), "");
        if (args.Length % 2 != 0)
            return null;
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] == "--data")
                data = Path.GetFullPath(args[i + 1]);
            else if (args[i] == other)
                value = args[i + 1];
            else
                return null;
        }
        return value.Length == 0 ? null : (data, value);
    }
}
