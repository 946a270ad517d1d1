using GpuGeek.AppHost.Postgres;

namespace GpuGeek.AppHost.Hosting;

/// <summary>
/// The data directory, locked by one AppHost at a time. Other accounts of the machine can enter its top, because PostgreSQL's account
/// must reach its cluster, but cannot read anything in it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>The parts of the platform that are stored elsewhere, as configured at the last start.</summary>
    public const string OutsideName = "outside";
    private const string PostgresName = "postgres";
    private const string LockName = "lock";
    private const string MarkerName = "restoring";
    private readonly string _root;
    private readonly FileStream _lock;

    private DataFolder(string root, FileStream gate) => (_root, _lock) = (root, gate);

    public string Postgres => Path.Combine(_root, PostgresName);
    public string Objects => Folder("objects");
    public string Keys => Folder("keys");
    public string Work => Folder("work");
    public string Secrets => Folder("secrets");
    public string Run => Folder("run");
    public string Backups => Folder("backups");
    public string Ballast => Path.Combine(_root, "ballast");
    public string DemoFile => Path.Combine(Secrets, "demo.json");

    public string At(string name) => Path.Combine(_root, name);

    public string Log(string name) => Path.Combine(Folder("logs"), $"{name.ToLowerInvariant()}.log");

    public static DataFolder Open(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            RefuseSharedFolder(root);
            var gate = new FileStream(Path.Combine(root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            try
            {
                RefuseHalfRestored(root);
                CloseToOthers(root);
                return new(root, gate);
            }
            catch
            {
                gate.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw new PartFailedException(
                "The data directory",
                $"{root} is not writable, or belongs to another account. Choose another with --data."
            );
        }
        catch (IOException)
        {
            throw new PartFailedException(
                "The data directory",
                $"{root} is in use by another GpuGeek. Stop that one, or choose another directory with --data."
            );
        }
    }

    /// <summary>Another GpuGeek uses it: such a directory can be backed up, but not opened.</summary>
    public static bool IsHeld(string root)
    {
        var path = Path.Combine(root, LockName);
        if (!File.Exists(path))
            return false;
        try
        {
            using var gate = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Until this mark is removed, nobody opens the folder: an incomplete restore must not be served.</summary>
    public void MarkRestoring() => File.WriteAllText(Path.Combine(_root, MarkerName), "A restore was started here and has not finished.\n");

    public void UnmarkRestoring() => File.Delete(Path.Combine(_root, MarkerName));

    /// <summary>Deletes all of its contents, the mark of an unfinished restore last.</summary>
    public void Empty()
    {
        foreach (var entry in new DirectoryInfo(_root).EnumerateFileSystemInfos().Where(e => e.Name != MarkerName))
            if (entry is DirectoryInfo directory)
                directory.Delete(recursive: true);
            else
                entry.Delete();
        UnmarkRestoring();
    }

    public void Dispose() => _lock.Dispose();

    /// <exception cref="PartFailedException">A restore was started there and has not finished.</exception>
    public static void RefuseHalfRestored(string root)
    {
        if (File.Exists(Path.Combine(root, MarkerName)))
            throw new PartFailedException(
                "The data directory",
                $"a restore into {root} was interrupted. Delete the directory and restore the backup again."
            );
    }

    private static void RefuseSharedFolder(string root)
    {
        if (File.GetUnixFileMode(root).HasFlag(UnixFileMode.StickyBit))
            throw new PartFailedException("The data directory", $"{root} is shared by all accounts. Choose another with --data.");
    }

    /// <summary>Also closes what an earlier version left open. One level is enough: nobody can get past a closed folder.</summary>
    private static void CloseToOthers(string root)
    {
        File.SetUnixFileMode(root, PrivatePostgres.FolderMode);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos())
            if (entry.Name != PostgresName)
                Close(entry);
        var postgres = new DirectoryInfo(Path.Combine(root, PostgresName));
        if (!postgres.Exists)
            return;
        // The cluster belongs to PostgreSQL's account, which keeps it at 0700.
        foreach (var file in postgres.EnumerateFiles())
            Close(file);
    }

    private static void Close(FileSystemInfo entry)
    {
        try
        {
            if ((entry.UnixFileMode & Others) != 0)
                entry.UnixFileMode = entry is DirectoryInfo ? OwnFolder : OwnFile;
        }
        catch (FileNotFoundException)
        {
            // A dangling link: there is nothing to read.
        }
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
}
