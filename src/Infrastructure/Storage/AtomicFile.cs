namespace GpuGeek.Infrastructure.Storage;

/// <summary>A local file that appears under its name only when it is complete.</summary>
internal static class AtomicFile
{
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var temporary = path + ".part";
        try
        {
            await using (
                var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 17, FileOptions.Asynchronous)
            )
                await write(file);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
