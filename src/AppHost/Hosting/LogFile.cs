using System.Diagnostics;

namespace GpuGeek.AppHost.Hosting;

/// <summary>The log of one child; starts anew when it has grown, keeping one old file.</summary>
internal sealed class LogFile : IDisposable
{
    private const long MaxBytes = 20 << 20;
    private readonly string _path;
    private readonly Lock _gate = new();
    private StreamWriter _writer;

    public LogFile(string path)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _writer = Open();
    }

    public void Follow(Process process)
    {
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The last lines, for a message.</summary>
    public static string Tail(string path, int lines = 30)
    {
        if (!File.Exists(path)) return "";
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, 16 << 10), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().Split('\n').TakeLast(lines)).Trim();
    }

    public void Dispose()
    {
        lock (_gate) _writer.Dispose();
    }

    private void Write(string? line)
    {
        if (line is null) return;
        lock (_gate)
        {
            if (_writer.BaseStream is not { CanWrite: true }) return;
            if (_writer.BaseStream.Length > MaxBytes)
            {
                _writer.Dispose();
                File.Move(_path, _path + ".old", overwrite: true);
                _writer = Open();
            }
            _writer.WriteLine(line);
        }
    }

    private StreamWriter Open() => new(new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
}
