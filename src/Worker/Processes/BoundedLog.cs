using System.Diagnostics;

namespace GpuGeek.Worker.Processes;

/// <summary>A child's output, appended to a file until it is full: an endless warning must not fill the disk. Never rotated, so that who follows it keeps its place.</summary>
internal sealed class BoundedLog : IDisposable
{
    public const long MaxBytes = 8 << 20;
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private bool _full;

    public BoundedLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _writer = new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
        _full = _writer.BaseStream.Length >= MaxBytes;
    }

    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _full = true;
            _writer.Dispose();
        }
    }

    private void Write(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            if (_full) return;
            _writer.WriteLine(line);
            if (_writer.BaseStream.Length < MaxBytes) return;
            _writer.WriteLine("The log is full; what follows is not kept.");
            _full = true;
        }
    }
}
