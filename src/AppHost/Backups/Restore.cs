using System.Globalization;
using GpuGeek.AppHost.Hosting;
using GpuGeek.AppHost.Postgres;

namespace GpuGeek.AppHost.Backups;

/// <summary>
/// Creates a new data directory from a backup. Everything is checked before anything is written, and an incomplete restore cannot be
/// started.
/// </summary>
internal sealed class Restore
{
    private readonly string _from;
    private readonly DataFolder _data;

    private Restore(string from, DataFolder data) => (_from, _data) = (from, data);

    /// <returns>Message for the operator.</returns>
    /// <exception cref="PartFailedException">The restore failed; the message says why.</exception>
    public static async Task<string> RunAsync(string from, string data, CancellationToken cancellationToken)
    {
        Outside.Refuse("The restore", noted: null);
        from = Path.GetFullPath(from);
        RefuseUsed(data);
        var manifest = BackupManifest.Read(from);
        await RefuseNewerAsync(manifest, cancellationToken);
        BackupCheck.Run(from, manifest, cancellationToken);
        var existed = Directory.Exists(data);
        using var folder = DataFolder.Open(data);
        try
        {
            Room.Demand(data, manifest.DatabaseBytes + manifest.ObjectBytes + manifest.Files.Sum(f => f.Size), "The restore");
            folder.MarkRestoring();
            // Only now: PostgreSQL's account must be able to enter the folders above a new data directory.
            Permissions.OwnerOnly();
            await new Restore(from, folder).WriteAsync(manifest, cancellationToken);
            folder.UnmarkRestoring();
        }
        catch (Exception failure)
        {
            Remove(folder, data, existed, failure);
            throw;
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Restored the backup of {manifest.TakenAt:yyyy-MM-dd HH:mm} UTC into {data}: the database, {manifest.Objects} objects, "
                + $"keys and secrets. Start GpuGeek with --data and this directory."
        );
    }

    private static void Remove(DataFolder folder, string data, bool existed, Exception failure)
    {
        try
        {
            // It was empty, so everything in it was written by this restore.
            folder.Empty();
            if (!existed)
                Directory.Delete(data);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            throw new PartFailedException(
                "The restore",
                $"{failure.Message} Its incomplete output could not be removed ({left.Message}): delete {data} before you try again."
            );
        }
    }

    private static void RefuseUsed(string data)
    {
        if (File.Exists(data))
            throw new PartFailedException("The restore", $"{data} is a file. Choose a directory that is empty or does not exist.");
        if (!Directory.Exists(data))
            return;
        if (DataFolder.IsHeld(data))
            throw new PartFailedException("The restore", $"{data} is in use. Choose an empty directory with --data.");
        DataFolder.RefuseHalfRestored(data);
        if (Directory.EnumerateFileSystemEntries(data).Any())
            throw new PartFailedException(
                "The restore",
                $"{data} is not empty, and a restore overwrites nothing. Choose an empty directory with --data, or move this one away."
            );
    }

    private static async Task RefuseNewerAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        var known = await ApiVerb.RunAsync("schema", new Dictionary<string, string>(), cancellationToken);
        if (string.CompareOrdinal(manifest.Schema, known) > 0)
            throw new PartFailedException(
                "The backup",
                $"its database has version {manifest.Schema}, but GpuGeek {BackupManifest.OwnVersion} supports versions up to {known}. "
                    + $"Restore it with GpuGeek {manifest.Product} or newer."
            );
    }

    private async Task WriteAsync(BackupManifest manifest, CancellationToken cancellationToken)
    {
        foreach (var file in manifest.Files.Where(f => f.Path is not (BackupManifest.Dump or BackupManifest.ObjectList)))
            await CopyAsync(file, file.Path, cancellationToken);
        foreach (var file in ObjectList.Read(_from))
            await CopyAsync(file, $"{BackupManifest.ObjectFolder}/{file.Path}", cancellationToken);
        await DatabaseAsync(cancellationToken);
        FileSystem.Flush(Path.Combine(_data.Postgres, "password"));
    }

    // Checked again, because the disk may have returned other data than during the check.
    private async Task CopyAsync(BackedUpFile file, string name, CancellationToken cancellationToken)
    {
        var target = _data.At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (file.Size == 0)
            File.WriteAllBytes(target, []);
        else if ((await FileCopy.CopyAsync(Path.Combine(_from, name), target, cancellationToken)).Sha256 != file.Sha256)
            throw new PartFailedException(
                "The restore",
                $"{name} of the backup has changed during the restore. Check its disk, then try again."
            );
    }

    private async Task DatabaseAsync(CancellationToken cancellationToken)
    {
        await using var postgres = await PrivatePostgres.StartAsync(_data.Postgres, durable: true, cancellationToken);
        var roles = await Roles.EnsureAsync(postgres, _data.Postgres, PostgresTools.Database, cancellationToken);
        await PostgresTools
            .Of(_data.Postgres, postgres.Port)
            .RunAsync(
                "pg_restore",
                cancellationToken,
                "--exit-on-error",
                "--single-transaction",
                "-d",
                PostgresTools.Database,
                Path.Combine(_from, BackupManifest.Dump)
            );
        // Migrates an older schema; the backup itself serves as the dump.
        await ApiVerb.RunAsync(
            "migrate",
            new Dictionary<string, string>
            {
                ["GPUGEEK_DB_OWNER"] = roles.Owner,
                ["GPUGEEK_DB_HANGFIRE"] = roles.Hangfire,
                ["GPUGEEK_BACKUPS"] = "none",
            },
            cancellationToken
        );
    }
}
