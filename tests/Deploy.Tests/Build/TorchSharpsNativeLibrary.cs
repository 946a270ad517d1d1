using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Build;

/// <summary>What build/WeakVersion.targets makes of libLibTorchSharp.so (docs/decisions/ADR-008-weak-symbol-version.md).</summary>
public sealed class TorchSharpsNativeLibrary : IDisposable
{
    private const string Name = "libLibTorchSharp.so";
    private const string Version = "GLIBCXX_3.4.32";
    private const int Weak = 2;
    private readonly string _folder = Directory.CreateTempSubdirectory("gpugeek-weak-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void In_every_build_output_exactly_one_version_is_weak()
    {
        var outputs = Outputs().ToList();
        Assert.Contains(outputs, o => o.Contains("/src/Worker/", StringComparison.Ordinal));
        Assert.All(outputs, AssertPatched);
    }

    /// <summary>Outputs are hard links to the cache: an edit in place would reach every other project of the machine.</summary>
    [Fact]
    public void In_the_package_cache_it_is_what_the_package_holds() => AssertCacheIsUntouched();

    /// <summary>The Worker's message at its start names this version (NativeCheck).</summary>
    [Fact]
    public void Relocations_need_GLIBCXX_3_4_30_and_nothing_newer()
    {
        var needed = new ElfVersions(File.ReadAllBytes(Original()))
            .Relocated()
            .Where(r => r.Version.StartsWith("GLIBCXX_", StringComparison.Ordinal))
            .ToList();
        var newest = needed.MaxBy(r => System.Version.Parse(r.Version["GLIBCXX_".Length..]));
        Assert.Equal(("_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE", "GLIBCXX_3.4.30"), newest);
    }

    [Fact]
    public async Task A_library_that_is_not_as_expected_is_refused_and_no_copy_is_written()
    {
        var original = await File.ReadAllBytesAsync(Original(), Cancel);
        var entry = new ElfVersions(original).Needed.Single(n => n.Name == Version);
        var other = new ElfVersions(original).Needed.Single(n => n.Name == "GLIBCXX_3.4.30");
        var said = await WeakenAsync(
            new()
            {
                ["absent"] = Changed(original, (entry.At + 8, original[(other.At + 8)..(other.At + 12)])),
                ["twice"] = Changed(original, (other.At + 8, original[(entry.At + 8)..(entry.At + 12)])),
                ["weak"] = Changed(original, (entry.At + 4, [Weak, 0])),
                ["text"] = "not a library"u8.ToArray(),
                ["cut"] = original[..5000],
                ["right"] = original,
            }
        );

        Assert.Contains(
            $"absent.so should require {Version} exactly once and strongly, but has 0 such entries",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains(
            $"twice.so should require {Version} exactly once and strongly, but has 2 such entries",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains($"weak.so requires {Version} weakly already", said, StringComparison.Ordinal);
        Assert.Contains("text.so is not a 64-bit little-endian ELF library with symbol versions", said, StringComparison.Ordinal);
        Assert.Contains("cut.so is not a 64-bit little-endian ELF library with symbol versions", said, StringComparison.Ordinal);
        Assert.DoesNotContain("MSB4018", said, StringComparison.Ordinal);
        Assert.Equal(["right.so"], Directory.EnumerateFiles(Path.Combine(_folder, "copies")).Select(Path.GetFileName));
        AssertPatched(Path.Combine(_folder, "copies/right.so"));
    }

    internal static void AssertPatched(string library)
    {
        var (before, after) = (File.ReadAllBytes(Original()), File.ReadAllBytes(library));
        Assert.Equal(before.Length, after.Length);
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        var weak = Assert.Single(new ElfVersions(after).Needed, n => n.Flags != 0);
        Assert.Equal((Version, Weak), (weak.Name, weak.Flags));
        Assert.Equal([weak.At + 4], changed);
    }

    internal static void AssertCacheIsUntouched()
    {
        using var package = ZipFile.OpenRead(Directory.EnumerateFiles(Package(), "*.nupkg").Single());
        using var entry = package.GetEntry($"runtimes/linux-x64/native/{Name}")!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        Assert.True(bytes.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(Original())), "The package's own file was changed.");
    }

    private static IEnumerable<string> Outputs()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return ((string[])["src", "tests"])
            .SelectMany(f => Directory.EnumerateDirectories(Path.Combine(SharedData.RepositoryRoot, f)))
            .Select(project => Path.Combine(project, "bin", configuration, "net10.0/runtimes/linux-x64/native", Name))
            .Where(File.Exists);
    }

    private static string Original() => Path.Combine(Package(), "runtimes/linux-x64/native", Name);

    private static string Package()
    {
        var packages =
            Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        var pin = File.ReadLines(Path.Combine(SharedData.RepositoryRoot, "Directory.Packages.props"))
            .Single(l => l.Contains("Include=\"TorchSharp\"", StringComparison.Ordinal));
        return Path.Combine(packages, "torchsharp", pin.Split("Version=\"")[1].Split('"')[0]);
    }

    private static byte[] Changed(byte[] elf, (int At, byte[] Bytes) change)
    {
        var copy = (byte[])elf.Clone();
        change.Bytes.CopyTo(copy, change.At);
        return copy;
    }

    /// <summary>The build's own task on each of the files.</summary>
    private async Task<string> WeakenAsync(Dictionary<string, byte[]> libraries)
    {
        foreach (var (name, bytes) in libraries)
            await File.WriteAllBytesAsync(Path.Combine(_folder, $"{name}.so"), bytes, Cancel);
        var calls = libraries.Keys.Select(name =>
            $"""<WeakVersion Library="{name}.so" Version="{Version}" Copy="{_folder}/copies/{name}.so" ContinueOnError="true" />"""
        );
        var project = $"""
            <Project DefaultTargets="All">
              <Import Project="{SharedData.RepositoryRoot}/build/WeakVersion.targets" />
              <Target Name="All">{string.Join('\n', calls)}</Target>
            </Project>
            """;
        await File.WriteAllTextAsync(Path.Combine(_folder, "weaken.proj"), project, Cancel);
        var dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet");
        using var build = Process.Start(
            new ProcessStartInfo(dotnet, ["msbuild", "weaken.proj", "-nologo"])
            {
                WorkingDirectory = _folder,
                RedirectStandardOutput = true,
            }
        )!;
        var said = await build.StandardOutput.ReadToEndAsync(Cancel);
        await build.WaitForExitAsync(Cancel);
        return said;
    }
}
