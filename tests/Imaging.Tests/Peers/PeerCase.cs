using System.Text.Json;

namespace GpuGeek.Imaging.Tests.Peers;

/// <summary>A picture, what was done to it, and the pixels Pillow made of it.</summary>
internal sealed record PeerCase(
    string Folder,
    string Group,
    string Name,
    string File,
    string Expected,
    int Width,
    int Height,
    JsonElement Args
)
{
    public byte[] Bytes() => System.IO.File.ReadAllBytes(Path.Combine(Folder, File));

    public RgbImage Picture() => ImageDecoder.Decode(Bytes());

    public RgbImage ExpectedImage() => new(Width, Height, System.IO.File.ReadAllBytes(Path.Combine(Folder, Expected)));

    public int Int(string name) => Args.GetProperty(name).GetInt32();

    public double Number(string name) => Args.GetProperty(name).GetDouble();
}
