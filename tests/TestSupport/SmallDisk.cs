using System.Diagnostics;
using System.Globalization;

namespace GpuGeek.TestSupport;

/// <summary>A file system of a few megabytes that a test can fill and empty again.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string root) => Root = root;

    public string Root { get; }
    private string Filler => Path.Combine(Root, "filler");

    /// <returns>Null if mounting is not allowed.</returns>
    public static SmallDisk? Mount(long bytes)
    {
        var root = Directory.CreateTempSubdirectory("gpugeek-small-disk-").FullName;
        var options = $"size={bytes.ToString(CultureInfo.InvariantCulture)},mode=755";
        if (Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", root) == 0)
            return new(root);
        Directory.Delete(root);
        return null;
    }

    public string At(string name) => Path.Combine(Root, name);

    public long Free => new DriveInfo(Root).AvailableFreeSpace;

    /// <summary>Fills the disk except for this many bytes.</summary>
    public void Fill(long leave = 0)
    {
        using var filler = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var some = new byte[64 << 10];
        try
        {
            while (Free > leave)
                filler.Write(some, 0, (int)Math.Min(some.Length, Free - leave));
        }
        catch (IOException)
        {
            // Full, as requested.
        }
    }

    /// <summary>Allocates this many bytes at once without writing them.</summary>
    public void Take(long bytes)
    {
        if (Run("fallocate", "-l", bytes.ToString(CultureInfo.InvariantCulture), Filler) != 0)
            throw new IOException($"{Filler} cannot take {bytes} bytes.");
    }

    public void Empty() => File.Delete(Filler);

    public void Dispose()
    {
        // Lazily: a process that has just ended may still hold a file.
        Run("umount", "-l", Root);
        Directory.Delete(Root);
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
