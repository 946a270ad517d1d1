namespace GpuGeek.Lines;

/// <summary>
/// Lines appended to a log file. A full disk must not end the process that logs: a line that cannot be written is dropped and counted,
/// and the file says so once
/// writing works again. Also compiled into AppHost, which refers to no other project.
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
            // Of the line that found the disk full a part may have been written.
            if (_dropped > 0)
                _file.SetLength(_file.Position);
            // In one write: a disk with room for the notice alone would get it again and again.
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
        // Without a buffer nothing is left over that disposing would try to write.
        return new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }
}
