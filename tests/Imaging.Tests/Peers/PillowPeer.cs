using GpuGeek.Imaging.Tests.Peers;

[assembly: AssemblyFixture(typeof(PillowPeer))]

namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>Runs Debian's Pillow once for all tests.</summary>
public sealed class PillowPeer : IDisposable
{
    private static readonly PythonScript Script = new("pillow_peer.py", "PIL.Image", "python3-pil");
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-pillow-").FullName;
    private readonly Lazy<PeerCase[]> _cases;

    public PillowPeer() => _cases = new Lazy<PeerCase[]>(() => Script.Generate(_folder));

    /// <summary>Pillow is absent and that is allowed: tests that only gain by it go on without.</summary>
    internal static bool IsMissing => Script.IsMissing;

    internal IReadOnlyList<PeerCase> Cases(string group)
    {
        Script.Require();
        return [.. _cases.Value.Where(c => c.Group == group)];
    }

    /// <summary>What Pillow decodes each file to, by our rules of EXIF and alpha.</summary>
    internal static void Decode(IEnumerable<string> files)
    {
        Script.Require();
        Script.Run(["decode", .. files]);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
