namespace GpuGeek.ChildProcesses;

/// <summary>A child's output, appended to a file until it is full: an endless warning must not fill the disk. Never rotated, so that a
/// reader keeps its position.</summary>
internal sealed class BoundedLog : IChildLog
{
    public const long MaxBytes = 8 << 20;
    private readonly Lock _gate = new();
    private readonly LineFile _file;
    private bool _full;

    public BoundedLog(string path)
    {
        _file = new(path);
        _full = _file.Length >= MaxBytes;
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _full = true;
            _file.Dispose();
        }
    }

    public void Write(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            if (_full)
                return;
            _file.Write(line);
            if (_file.Length < MaxBytes)
                return;
            _file.Write("The log is full; later lines are not kept.");
            _full = true;
        }
    }
}
