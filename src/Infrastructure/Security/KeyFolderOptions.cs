namespace GpuGeek.Infrastructure.Security;

/// <summary>Set by <c>GPUGEEK_KEYS</c>.</summary>
public sealed class KeyFolderOptions
{
    /// <summary>Folder of the keys that encrypt data in the database, shared by Api and Worker; null: nothing can be encrypted.</summary>
    public string? Folder { get; set; }
}
