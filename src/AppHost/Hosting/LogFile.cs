using GpuGeek.ChildProcesses;

namespace GpuGeek.AppHost.Hosting;

/// <summary>The log of one child; it is started again when it has grown too large, and one old file is kept.</summary>
internal sealed class LogFile : IChildLog
{
    private const long MaxBytes = 20 << 20;
    private readonly string _path;
    private readonly Lock _gate = new();
    private LineFile _file;
    private bool _closed;

    public LogFile(string path)
    {
        _path = path;
        _file = new(path);
    }

    /// <summary>The last lines, for a message.</summary>
    public static string Tail(string path, int lines = 30)
    {
        if (!File.Exists(path))
            return "";
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, 16 << 10), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(lines)).Trim();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file.Dispose();
        }
    }

    public void Write(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            if (_closed)
                return;
            if (_file.Length > MaxBytes)
                StartAnew();
            _file.Write(line);
        }
    }

    private void StartAnew()
    {
        try
        {
            File.Move(_path, _path + ".old", overwrite: true);
        }
        catch (IOException)
        {
            // If the move fails, the file keeps growing: a log must not stop the process.
            return;
        }
        _file.Dispose();
        _file = new(_path);
    }
}
