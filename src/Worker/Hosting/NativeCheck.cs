using System.Runtime.InteropServices;

namespace GpuGeek.Worker.Hosting;

/// <summary>libtorch needs GLIBCXX_3.4.32 (GCC 13); without it the first tensor would end in a page of loader errors.</summary>
internal static class NativeCheck
{
    // The one symbol that came with GLIBCXX_3.4.32.
    private const string Symbol = "_ZSt21ios_base_library_initv";

    /// <returns>Null when training can work here, else one sentence that says what to do.</returns>
    public static string? Problem()
    {
        if (!OperatingSystem.IsLinux()) return null;
        if (NativeLibrary.TryLoad("libstdc++.so.6", out var library) && NativeLibrary.TryGetExport(library, Symbol, out _)) return null;
        return "Training cannot work here: libtorch needs GLIBCXX_3.4.32, which this system's libstdc++.so.6 does not have; use Debian 13, Ubuntu 24.04 or a .NET 10 image, or run deploy/prerequisites.sh, which installs a newer libstdc++6.";
    }
}
