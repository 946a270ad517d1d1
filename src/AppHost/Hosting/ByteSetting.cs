using System.Globalization;

namespace GpuGeek.AppHost.Hosting;

/// <summary>A number of bytes that the operator can set with a variable.</summary>
internal static class ByteSetting
{
    /// <exception cref="PartFailedException">The variable is not a number of bytes.</exception>
    public static long Read(string variable, long usual) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? usual
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
        : throw new PartFailedException(variable, "it must be a number of bytes, at least 0.");
}
