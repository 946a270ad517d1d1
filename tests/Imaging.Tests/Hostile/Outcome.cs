namespace GpuGeek.Imaging.Tests.Hostile;

internal static class Outcome
{
    private static readonly string[] Codes =
    [
        ImageException.UnsupportedFormat,
        ImageException.Damaged,
        ImageException.TooLarge,
        ImageException.Empty,
    ];

    /// <summary>The refusal's code, or null when the file was decoded; any other outcome fails the test.</summary>
    public static string? Of(byte[] file)
    {
        try
        {
            var image = ImageDecoder.Decode(file);
            Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
            return null;
        }
        catch (ImageException refused)
        {
            Assert.Contains(refused.Code, Codes);
            return refused.Code;
        }
    }
}
