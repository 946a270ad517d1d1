using System.Globalization;
using GpuGeek.Imaging;

namespace GpuGeek.Worker.Imports.Reading;

/// <summary>The sample <c>shapes</c>: five classes of drawn figures, always the same bytes, so that a first training needs no upload and
/// no internet access.</summary>
internal sealed class ShapesSource : IPictureSource
{
    public const string Name = "shapes";
    public const int PerClass = 120;
    public static readonly string[] Classes = ["circle", "cross", "square", "star", "triangle"];

    public ShapesSource() =>
        Files = [
            .. Classes.SelectMany(
                (name, label) =>
                    Enumerable
                        .Range(1, PerClass)
                        .Select(number => new SourceFile(
                            string.Create(CultureInfo.InvariantCulture, $"{name}/{name}-{number:000}.png"),
                            0,
                            () => ImageEncoder.Png(ShapePainter.Paint(label, number))
                        ))
            ),
        ];

    public IReadOnlyList<SourceFile> Files { get; }

    public void Dispose() { }
}
