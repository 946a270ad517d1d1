using System.Globalization;
using GpuGeek.AppHost.Hosting;

namespace GpuGeek.AppHost.Backups;

/// <summary>
/// Copies database, objects and keys of a data directory into one folder while the platform runs. First a snapshot of the database and
/// the objects that may be deleted right after it, then the dump of the snapshot, then all other objects, which have a grace period of
/// days.
/// </summary>
internal sealed class Backup
{
    private const int Attempts = 20;
    private readonly string _data;
    private readonly string _objects;
    private readonly string _staging;
    private readonly BackupFolder _folder;
    private readonly PostgresTools _tools;
    private readonly bool _links;

    private Backup(string data, BackupFolder folder, PostgresTools tools)
    {
        (_data, _folder, _tools) = (data, folder, tools);
        _objects = Path.Combine(data, BackupManifest.ObjectFolder);
        var temporary = Directory.CreateDirectory(Path.Combine(_objects, StoredName.Temporary)).FullName;
        // On the same file system as the objects, so that linking takes no time, wherever the backup is written.
        _staging = Path.Combine(temporary, "backup");
        _links = FileSystem.CanLink(temporary, folder.Part);
    }

    /// <returns>Message for the operator.</returns>
    /// <exception cref="PartFailedException">The backup failed; the message says why.</exception>
    public static async Task<string> RunAsync(string data, string to, CancellationToken cancellationToken)
    {
        Outside.Refuse("The backup", Outside.Read(Path.Combine(data, DataFolder.OutsideName)));
        await using var cluster = await RunningCluster.OpenAsync(data, cancellationToken);
        Permissions.OwnerOnly();
        using var gate = Gate(data);
        var folder = BackupFolder.Create(to, data);
        var backup = new Backup(data, folder, cluster.Tools);
        await using var snapshot = await DatabaseSnapshot.OpenAsync(cluster.Tools.Connection, cancellationToken);
        try
        {
            var manifest = await backup.WriteAsync(snapshot, cancellationToken);
            folder.Publish();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Backed up to {to}: the database, {manifest.Objects} objects ({Room.Text(manifest.ObjectBytes)}), keys and secrets. "
                    + $"Protect it like the data directory: it contains the keys."
            );
        }
        finally
        {
            backup.RemoveStaging();
            folder.RemovePart();
        }
    }

    private static FileStream Gate(string data)
    {
        try
        {
            return new(Path.Combine(data, "backup.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new PartFailedException("The backup", $"another backup of {data} is running. Wait for its end.");
        }
    }

    private async Task<BackupManifest> WriteAsync(DatabaseSnapshot snapshot, CancellationToken cancellationToken)
    {
        await StageAsync(snapshot, cancellationToken);
        DemandRoom(snapshot.DatabaseBytes);
        await _tools.RunAsync(
            "pg_dump",
            cancellationToken,
            "-Fc",
            "-N",
            "hangfire",
            $"--snapshot={snapshot.Id}",
            "-f",
            _folder.At(BackupManifest.Dump)
        );
        var (count, bytes) = await TakeObjectsAsync(cancellationToken);
        List<BackedUpFile> files =
        [
            BackedUpFile.Of(_folder.Part, BackupManifest.Dump),
            BackedUpFile.Of(_folder.Part, BackupManifest.ObjectList),
        ];
        foreach (var name in (string[])[BackupManifest.KeyFolder, BackupManifest.SecretFolder])
        await foreach (var file in CopyFolderAsync(name, cancellationToken))
            files.Add(file);
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat,
            TimeProvider.System.GetUtcNow(),
            BackupManifest.OwnVersion,
            snapshot.Schema,
            snapshot.DatabaseBytes,
            count,
            bytes,
            [.. files]
        );
        manifest.Write(_folder.Part);
        return manifest;
    }

    /// <summary>A snapshot of the database with the objects that may be deleted right after it.</summary>
    private async Task StageAsync(DatabaseSnapshot snapshot, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            RemoveStaging();
            await snapshot.TakeAsync(cancellationToken);
            foreach (var name in StoredName.FoldersThatGoAtOnce(_objects).SelectMany(folder => FileSystem.Files(_objects, folder)))
                await FileCopy.TakeAsync(Path.Combine(_objects, name), Path.Combine(_staging, name), cancellationToken);
            if (await snapshot.IsStillNeededAsync(cancellationToken))
                return;
        }
        throw new PartFailedException(
            "The backup",
            $"checkpoints or uploads were replaced {Attempts} times while they were copied. "
                + "Try again when fewer trainings are running."
        );
    }

    // Links cost nothing. The dump is compressed and has no indexes, so it is smaller than the database.
    private void DemandRoom(long databaseBytes)
    {
        var copied = _links
            ? 0
            : FileSystem
                .Files(_objects)
                .Select(name => new FileInfo(Path.Combine(_objects, name)))
                .Sum(file => file.Exists ? file.Length : 0);
        Room.Demand(_folder.Part, databaseBytes + copied, "The backup");
    }

    private async Task<(int Count, long Bytes)> TakeObjectsAsync(CancellationToken cancellationToken)
    {
        var (count, bytes) = (0, 0L);
        await using var list = new StreamWriter(_folder.At(BackupManifest.ObjectList)) { NewLine = "\n" };
        var all = FileSystem
            .Files(_objects)
            .Where(n => !n.StartsWith(StoredName.Temporary + "/", StringComparison.Ordinal) && !StoredName.GoesAtOnce(n))
            .Select(n => (Root: _objects, Name: n))
            .Concat(FileSystem.Files(_staging).Select(n => (Root: _staging, Name: n)));
        foreach (var (root, name) in all)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TakeObjectAsync(Path.Combine(root, name), name, cancellationToken) is not { } taken)
                continue;
            await list.WriteLineAsync(ObjectList.Line(taken));
            (count, bytes) = (count + 1, bytes + taken.Size);
        }
        return (count, bytes);
    }

    private async Task<BackedUpFile?> TakeObjectAsync(string from, string name, CancellationToken cancellationToken)
    {
        var target = Path.Combine(_folder.At(BackupManifest.ObjectFolder), name);
        if (await FileCopy.TakeAsync(from, target, cancellationToken) is not { } taken)
            return null;
        var promised = StoredName.ContentHash(name);
        if (promised is not null && taken.Sha256 is { } read && read != promised)
            throw new PartFailedException(
                "The backup",
                $"{from} is damaged: its content does not match the hash in its name. Restore it from an older backup, then try again."
            );
        return new(name, taken.Size, taken.Sha256 ?? promised ?? BackupManifest.Hash(target));
    }

    private async IAsyncEnumerable<BackedUpFile> CopyFolderAsync(
        string folder,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var file in FileSystem.Files(Path.Combine(_data, folder)))
        {
            var name = $"{folder}/{file}";
            if (await TryCopyAsync(name, cancellationToken) is { } copied)
                yield return copied;
        }
    }

    /// <returns>Null: a write that was in progress has got its final name in the meantime.</returns>
    private async Task<BackedUpFile?> TryCopyAsync(string name, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.At(name))!);
        try
        {
            var (size, hash) = await FileCopy.CopyAsync(Path.Combine(_data, name), _folder.At(name), cancellationToken);
            return new(name, size, hash);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private void RemoveStaging()
    {
        if (Directory.Exists(_staging))
            Directory.Delete(_staging, recursive: true);
    }
}
