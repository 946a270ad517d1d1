namespace GpuGeek.Worker.Imports.Archives;

/// <summary>What an import knows about an entry before it is unpacked.</summary>
/// <param name="Offset">Offset of the local header from the beginning of the file.</param>
/// <param name="UnixMode">File type and permissions if the archive was made on Unix, else 0.</param>
internal sealed record ZipEntryRecord(string Name, int Method, int Flags, uint Crc, long Packed, long Size, long Offset, int UnixMode)
{
    public const int Stored = 0;
    public const int Deflated = 8;

    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    public bool IsFolder => Name.EndsWith('/');
    public bool IsEncrypted => (Flags & 0x2041) != 0;

    /// <summary>A symlink, device, pipe or socket.</summary>
    public bool IsSpecial => (UnixMode & TypeMask) is not (0 or RegularFile or Folder);
}
