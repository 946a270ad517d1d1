using System.Globalization;

namespace GpuGeek.AppHost.Hosting;

/// <summary>A number of bytes that the operator may set by a variable.</summary>
internal static class ByteSetting
{
    /// <exception cref="PartFailedException">The variable holds something else.</exception>
    public static long Read(string variable, long usual) =>
        Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text ? usual
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
        : throw new PartFailedException(variable, "it must be a number of bytes, at least 0.");
}
