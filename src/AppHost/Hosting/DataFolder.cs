namespace GpuGeek.AppHost.Hosting;

/// <summary>The data directory, held by one AppHost at a time.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly string _root;
    private readonly FileStream _lock;

    private DataFolder(string root, FileStream gate) => (_root, _lock) = (root, gate);

    public string Postgres => Path.Combine(_root, "postgres");
    public string Objects => Folder("objects");
    public string Keys => Folder("keys");
    public string Work => Folder("work");
    public string Secrets => Folder("secrets");
    public string Run => Folder("run");
    public string DemoFile => Path.Combine(Secrets, "demo.json");

    public string Log(string name) => Path.Combine(Folder("logs"), $"{name.ToLowerInvariant()}.log");

    public static DataFolder Open(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            return new(root, new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException)
        {
            throw new PartFailedException("The data directory", $"{root} cannot be written. Choose another with --data.");
        }
        catch (IOException)
        {
            throw new PartFailedException("The data directory", $"{root} is in use by another GpuGeek. Stop that one, or choose another directory with --data.");
        }
    }

    public void Dispose() => _lock.Dispose();

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;
}
