namespace GpuGeek.Infrastructure.Security;

/// <summary>Set by <c>GPUGEEK_KEYS</c>.</summary>
public sealed class KeyFolderOptions
{
    /// <summary>Folder of the keys that seal what the database keeps, shared by Api and Worker; null: nothing can be sealed.</summary>
    public string? Folder { get; set; }
}
