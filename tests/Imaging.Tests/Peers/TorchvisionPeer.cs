using GpuGeek.Imaging.Tests.Peers;

[assembly: AssemblyFixture(typeof(TorchvisionPeer))]

namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>Runs Debian's torchvision once for all tests.</summary>
public sealed class TorchvisionPeer : IDisposable
{
    private static readonly PythonScript Script = new("augment_peer.py", "torchvision", "python3-torchvision");
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-torchvision-").FullName;
    private readonly Lazy<PeerCase[]> _cases;

    public TorchvisionPeer() => _cases = new Lazy<PeerCase[]>(() => Script.Generate(_folder));

    internal IReadOnlyList<PeerCase> Cases(string group)
    {
        Script.Require();
        return [.. _cases.Value.Where(c => c.Group == group)];
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
