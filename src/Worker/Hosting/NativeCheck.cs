using System.Runtime.InteropServices;

namespace GpuGeek.Worker.Hosting;

/// <summary>
/// TorchSharp's native library calls condition_variable::wait of GLIBCXX_3.4.30 (GCC 12), the newest version that one of its relocations
/// names. Without it, creating the first tensor would fail with a page of loader errors.
/// </summary>
internal static class NativeCheck
{
    // A symbol that was added with GLIBCXX_3.4.30. condition_variable::wait itself exists in older versions too, and lookups do not
    // distinguish versions.
    private const string Symbol = "_ZSt21__glibcxx_assert_failPKciS0_S0_";

    /// <returns>Null if training works here, else one sentence with the fix.</returns>
    public static string? Problem()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        if (NativeLibrary.TryLoad("libstdc++.so.6", out var library) && NativeLibrary.TryGetExport(library, Symbol, out _))
            return null;
        return "Training cannot work here: TorchSharp needs GLIBCXX_3.4.30, which this system's libstdc++.so.6 does not have. "
            + "Use Debian 12 or later, Ubuntu 22.04 or later, or a .NET 10 image.";
    }
}
