namespace GpuGeek.ChildProcesses;

/// <summary>
/// Appends lines to a log file. A full disk must not stop the process that logs: a line that cannot be written is dropped and counted,
/// and the file reports the number once writing works again. Also compiled into AppHost, which refers to no other project.
/// </summary>
internal sealed class LineFile : IDisposable
{
    private readonly string _path;
    private FileStream? _file;
    private long _dropped;

    public LineFile(string path)
    {
        _path = path;
        try
        {
            _file = Open();
        }
        catch (IOException)
        {
            // Tried again with the first line.
        }
    }

    public long Length => _file?.Length ?? 0;

    public void Write(string line)
    {
        try
        {
            _file ??= Open();
            // The line that found the disk full may have been written partly.
            if (_dropped > 0)
                _file.SetLength(_file.Position);
            // In one write: a disk with space only for the notice would get it repeatedly.
            var notice = _dropped > 0 ? $"{_dropped} log lines were dropped while the disk was full.\n" : "";
            _file.Write(System.Text.Encoding.UTF8.GetBytes($"{notice}{line}\n"));
            _dropped = 0;
        }
        catch (IOException)
        {
            _dropped++;
        }
    }

    public void Dispose() => _file?.Dispose();

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        // Without a buffer, nothing is left that disposing would try to write.
        return new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }
}
