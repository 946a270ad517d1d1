namespace GpuGeek.AppHost.Backups;

/// <summary>Checks the whole backup before anything is restored: it may come from any disk and may have been changed.</summary>
internal sealed class BackupCheck
{
    private readonly string _folder;
    private readonly HashSet<string> _plainFolders = new(StringComparer.Ordinal);

    private BackupCheck(string folder) => _folder = folder;

    /// <exception cref="PartFailedException">A file is missing, damaged, or outside the backup.</exception>
    public static void Run(string folder, BackupManifest manifest, CancellationToken cancellationToken)
    {
        var check = new BackupCheck(folder);
        foreach (var name in (string[])[BackupManifest.Dump, BackupManifest.ObjectList])
            if (!manifest.Files.Any(f => f.Path == name))
                throw Refused($"its {BackupManifest.Name} does not name {name}");
        foreach (var file in manifest.Files)
        {
            if (!IsOurs(file.Path))
                throw Refused($"its {BackupManifest.Name} names '{file.Path}', which is not part of a backup");
            check.Verify(file, file.Path);
        }
        var count = 0;
        foreach (var file in ObjectList.Read(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            check.Verify(file, $"{BackupManifest.ObjectFolder}/{file.Path}");
            count++;
        }
        if (count != manifest.Objects)
            throw Refused($"its {BackupManifest.ObjectList} names {count} objects, but {manifest.Objects} were backed up");
    }

    private static bool IsOurs(string name) =>
        name is BackupManifest.Dump or BackupManifest.ObjectList
        || name.StartsWith(BackupManifest.KeyFolder + "/", StringComparison.Ordinal)
        || name.StartsWith(BackupManifest.SecretFolder + "/", StringComparison.Ordinal);

    private void Verify(BackedUpFile file, string name)
    {
        if (!StoredName.IsSafe(name))
            throw Refused($"the name '{name}' points outside the backup");
        var entry = new FileInfo(Path.Combine(_folder, name));
        RefuseLinks(name, entry);
        if (!entry.Exists)
            throw Refused($"{name} is missing");
        if (entry.Length != file.Size)
            throw Refused($"{name} has {entry.Length} bytes instead of {file.Size}");
        var promised = StoredName.ContentHash(file.Path) ?? file.Sha256;
        if (promised != file.Sha256 || BackupManifest.Hash(entry.FullName) != promised)
            throw Refused($"{name} is damaged: its SHA-256 does not match");
    }

    private void RefuseLinks(string name, FileInfo entry)
    {
        if (entry.LinkTarget is not null)
            throw Refused($"{name} is a symbolic link");
        for (var parent = Path.GetDirectoryName(name); parent is { Length: > 0 }; parent = Path.GetDirectoryName(parent))
        {
            if (!_plainFolders.Add(parent))
                return;
            if (new DirectoryInfo(Path.Combine(_folder, parent)).LinkTarget is not null)
                throw Refused($"{parent} is a symbolic link");
        }
    }

    private static PartFailedException Refused(string why) => new("The backup", $"{why}. Nothing was restored: choose another backup.");
}
