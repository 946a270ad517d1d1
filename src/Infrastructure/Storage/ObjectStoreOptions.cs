using System.ComponentModel.DataAnnotations;

namespace GpuGeek.Infrastructure.Storage;

/// <summary>Where pictures, checkpoints and models are kept. Set by <c>GPUGEEK_OBJECTS</c>.</summary>
public sealed class ObjectStoreOptions
{
    public const string Section = "ObjectStore";

    /// <summary>A folder on a file system that survives restarts.</summary>
    [Required(ErrorMessage = "GPUGEEK_OBJECTS is not set: the folder of the object store.")]
    public string Folder { get; set; } = "";
}
