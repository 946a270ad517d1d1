using System.Globalization;
using System.Text;
using System.Text.Json;
using GpuGeek.Domain.Runs.Protocol;
using GpuGeek.Infrastructure.Storage;

namespace GpuGeek.Worker.Runs;

/// <summary>
/// Reads complete lines of a growing file from the last acknowledged position. Lines are acknowledged after they are stored: the offset
/// is in a file next to it, so that a restarted supervisor neither loses nor repeats a line.
/// </summary>
internal sealed class LineTail
{
    private const int MaxRead = 1 << 20;
    private readonly string _path;
    private readonly string _offsetPath;
    private long _read;

    public LineTail(string path)
    {
        _path = path;
        _offsetPath = path + ".offset";
        _read =
            File.Exists(_offsetPath) && long.TryParse(File.ReadAllText(_offsetPath), CultureInfo.InvariantCulture, out var offset)
                ? offset
                : 0;
    }

    /// <summary>New complete lines, at most a mebibyte.</summary>
    /// <param name="final">No process writes any more: an unfinished last line counts too.</param>
    public List<string> Read(bool final = false)
    {
        if (!File.Exists(_path))
            return [];
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length <= _read)
            return [];
        file.Seek(_read, SeekOrigin.Begin);
        var bytes = new byte[Math.Min(file.Length - _read, MaxRead)];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var end = bytes.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
        // A line longer than the whole buffer is returned in pieces, so that it is not stuck.
        if (end == 0 && (final || count == MaxRead))
            end = count;
        if (end == 0)
            return [];
        _read += end;
        return [.. Encoding.UTF8.GetString(bytes, 0, end).TrimEnd('\n').Split('\n').Select(l => l.TrimEnd('\r'))];
    }

    /// <summary>On a full disk the offset stays behind: a restarted supervisor then reads some lines a second time, and the database
    /// ignores the duplicates.</summary>
    public void Acknowledge()
    {
        var temporary = _offsetPath + ".tmp";
        try
        {
            File.WriteAllText(temporary, _read.ToString(CultureInfo.InvariantCulture));
            File.Move(temporary, _offsetPath, overwrite: true);
        }
        catch (IOException full) when (DiskSpace.IsFull(full))
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Removes a line that a killed writer left unfinished, so that the next writer starts on a new line.</summary>
    public static void RemoveTornLine(string path)
    {
        if (!File.Exists(path))
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var buffer = new byte[Math.Min(file.Length, MaxRead)];
        file.Seek(-buffer.Length, SeekOrigin.End);
        file.ReadExactly(buffer);
        var keep = file.Length - buffer.Length + buffer.AsSpan().LastIndexOf((byte)'\n') + 1;
        if (keep != file.Length)
            file.SetLength(keep);
    }
}

/// <summary>The training process's events.</summary>
internal sealed class EventTail(string path)
{
    private readonly LineTail _lines = new(path);

    /// <exception cref="TrainerProtocolException">A line is not an event: the training process is broken, and continuing would lose
    /// events.</exception>
    public List<RunEvent> Read() => [.. _lines.Read().Where(line => line.Length > 0).Select(Parse)];

    public void Acknowledge() => _lines.Acknowledge();

    private static RunEvent Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<RunEvent>(line, RunDirectory.Json) ?? throw new TrainerProtocolException(line);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException)
        {
            throw new TrainerProtocolException(line, failure);
        }
    }
}

internal sealed class TrainerProtocolException(string line, Exception? inner = null)
    : Exception($"The trainer wrote an event that cannot be read: {(line.Length > 200 ? line[..200] + "…" : line)}", inner);
