namespace GpuGeek.Domain.Storage;

/// <summary>
/// Names of stored objects. Content is named by its SHA-256 inside its organisation: the same picture in two organisations is two objects,
/// since one shared object would tell each of them that the other has it.
/// </summary>
public static class ObjectKeys
{
    /// <param name="sha256">64 lower-case hex digits.</param>
    public static string Content(Guid org, string sha256) => $"orgs/{org:N}/sha256/{sha256[..2]}/{sha256}";
    /// <summary>JPEG thumbnail of a picture, named by the original's hash.</summary>
    public static string Thumbnail(Guid org, string sha256) => $"orgs/{org:N}/thumbnails/{sha256[..2]}/{sha256}";
    /// <summary>An upload as it arrived, until its import has read it.</summary>
    public static string Upload(Guid org, Guid import) => $"orgs/{org:N}/uploads/{import:N}";
    /// <summary>Objects of one attempt; the fence in the name keeps a stale owner from touching its successor's.</summary>
    public static string Run(Guid org, Guid run, long fence, string name) => $"orgs/{org:N}/runs/{run:N}/{fence}/{name}";
    public static string Organisation(Guid org) => $"orgs/{org:N}/";
}
