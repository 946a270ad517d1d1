namespace GpuGeek.Worker.Hosting;

/// <summary>The executable that starts this program again with another verb.</summary>
internal static class OwnExecutable
{
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "GpuGeek.Worker");
}
