using System.Text.RegularExpressions;

namespace GpuGeek.Domain.Devices;

/// <summary>What a run asks for and a slot offers: <see cref="Cpu"/>, <see cref="Gpu"/>, or a name that the operator gives to machines,
/// such as <c>a100</c>.</summary>
public static partial class DeviceClass
{
    public const string Cpu = "cpu",
        Gpu = "gpu";

    public const int MaxLength = 32;

    public static bool IsValid(string text) => Whole().IsMatch(text);

    /// <summary>A machine that is named like what every machine is could claim runs that it cannot train.</summary>
    public static bool IsName(string text) => IsValid(text) && text is not (Cpu or Gpu);

    // \z: $ would let a line break at the end pass.
    [GeneratedRegex(@"^[a-z0-9-]{1,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
