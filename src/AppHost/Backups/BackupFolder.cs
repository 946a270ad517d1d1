namespace GpuGeek.AppHost.Backups;

/// <summary>The folder of a backup. Until it is complete, its name ends in <c>.part</c>.</summary>
internal sealed class BackupFolder
{
    private readonly string _name;

    private BackupFolder(string name) => _name = name;

    /// <summary>The folder to write into.</summary>
    public string Part => _name + ".part";

    /// <exception cref="PartFailedException">The folder is not empty, or would be inside the data directory.</exception>
    public static BackupFolder Create(string to, string data)
    {
        var name = Path.TrimEndingDirectorySeparator(Path.GetFullPath(to));
        if ((name + "/").StartsWith(Path.TrimEndingDirectorySeparator(data) + "/", StringComparison.Ordinal))
            throw new PartFailedException(
                "The backup",
                $"{name} is in the data directory and would be lost with it. Choose another directory."
            );
        if (File.Exists(name) || (Directory.Exists(name) && Directory.EnumerateFileSystemEntries(name).Any()))
            throw new PartFailedException("The backup", $"{name} exists and is not empty. Choose another directory, or delete it.");
        var folder = new BackupFolder(name);
        folder.RemoveFormer();
        Directory.CreateDirectory(folder.Part);
        return folder;
    }

    public string At(string file) => Path.Combine(Part, file);

    /// <summary>Flushes the complete backup to disk, then renames it.</summary>
    public void Publish()
    {
        FileSystem.Flush(At(BackupManifest.Name));
        if (Directory.Exists(_name))
            Directory.Delete(_name);
        Directory.Move(Part, _name);
        FileSystem.Flush(Path.Combine(_name, BackupManifest.Name));
    }

    /// <summary>Deletes the incomplete backup after a failure; a published one has another name.</summary>
    public void RemovePart()
    {
        if (Directory.Exists(Part))
            Directory.Delete(Part, recursive: true);
    }

    /// <summary>Deletes what an interrupted backup has left.</summary>
    private void RemoveFormer()
    {
        if (!Directory.Exists(Part))
            return;
        var foreign = Directory.EnumerateFileSystemEntries(Part).FirstOrDefault(e => !BackupManifest.Top.Contains(Path.GetFileName(e)));
        if (foreign is not null)
            throw new PartFailedException(
                "The backup",
                $"{foreign} does not belong to a backup, but {Part} would be replaced. Choose another directory."
            );
        RemovePart();
    }
}
