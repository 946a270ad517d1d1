namespace GpuGeek.Worker.Imports.Reading;

/// <summary>A file before it is checked.</summary>
/// <param name="Path">With '/' between folders; displayed and parsed, never opened.</param>
/// <param name="Read">Reads its bytes; called at most once.</param>
/// <param name="Trouble">Why it cannot be read, or null.</param>
internal sealed record SourceFile(string Path, long Size, Func<byte[]> Read, SkipReason? Trouble = null)
{
    public static SourceFile Of(TableFile table) => new(table.Name, new FileInfo(table.Path).Length, () => File.ReadAllBytes(table.Path));
}

/// <param name="Code">Stable, for machines.</param>
internal sealed record SkipReason(string Code, string Reason, string? Hint = null);

/// <summary>Where pictures come from.</summary>
internal interface IPictureSource : IDisposable
{
    IReadOnlyList<SourceFile> Files { get; }
}
