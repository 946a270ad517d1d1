using Microsoft.Win32.SafeHandles;

namespace GpuGeek.Training.Checkpoints;

/// <summary>Writes that survive a power cut.</summary>
internal static class DurableFiles
{
    public static void Write(string path, byte[] bytes) => Write(path, file => file.Write(bytes));

    /// <summary>The file bears its name only once it is whole. Never in place: the object store may have a second name for the bytes of an
    /// earlier attempt.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = path + ".tmp";
        using (var file = File.Create(temporary))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>A rename is durable only when the directory that holds the name is.</summary>
    public static void FlushDirectory(string path)
    {
        using SafeFileHandle handle = Posix.OpenDirectory(path);
        Posix.Flush(handle, path);
    }
}
