using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Files;

/// <summary>Which variables a host reads and which it refuses to start without, as its sources say.</summary>
internal sealed partial record HostVariables(IReadOnlySet<string> Read, IReadOnlySet<string> Required)
{
    private static string Source => Path.Combine(SharedData.RepositoryRoot, "src");

    private static readonly ConcurrentDictionary<string, HostVariables> Known = new(StringComparer.Ordinal);

    public static HostVariables Of(string host) => Known.GetOrAdd(host, ReadSources);

    private static HostVariables ReadSources(string host)
    {
        var text = string.Concat(
            Projects(host)
                .SelectMany(project => Directory.EnumerateFiles(Path.Combine(Source, project), "*.cs", SearchOption.AllDirectories))
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
                .Select(File.ReadAllText)
        );
        var given = GivenTo(host);
        var read = ReadPattern().Matches(text).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var required = RequiredPattern()
            .Matches(text)
            .Select(m => m.Groups[1].Value)
            .Where(given.Contains)
            .ToHashSet(StringComparer.Ordinal);
        // Infrastructure reads for all hosts; AppHost's table says who gets what.
        read.RemoveWhere(name => KnownToAppHost.Contains(name) && !given.Contains(name));
        return new(read, required);
    }

    /// <summary>What <c>Api migrate</c> reads: the names in its verb.</summary>
    public static HostVariables OfMigrate()
    {
        var verb = File.ReadAllText(Path.Combine(Source, "Api/Verbs/MigrateVerb.cs"));
        var names = VerbPattern().Matches(verb).Select(m => m.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        return new(names, names);
    }

    private static HashSet<string> KnownToAppHost => [.. Readers().Select(r => r.Name)];

    private static HashSet<string> GivenTo(string host) =>
        [.. Readers().Where(r => r.Hosts.Contains($"\"{host}\"", StringComparison.Ordinal)).Select(r => r.Name)];

    private static IEnumerable<(string Name, string Hosts)> Readers() =>
        ReaderPattern()
            .Matches(File.ReadAllText(Path.Combine(Source, "AppHost/Hosting/HostEnvironment.cs")))
            .Select(m => (m.Groups[1].Value, m.Groups[2].Value));

    private static IEnumerable<string> Projects(string project) =>
        XDocument
            .Load(Path.Combine(Source, project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!))
            .SelectMany(Projects)
            .Append(project)
            .Distinct();

    [GeneratedRegex("""(?:onfiguration\[|GetValue\(|Variable\()"(GPUGEEK_[A-Z0-9_]+)"[\]),]""")]
    private static partial Regex ReadPattern();

    [GeneratedRegex("""[\[\s]Required\(ErrorMessage = "[^"]*?(GPUGEEK_[A-Z0-9_]+)""")]
    private static partial Regex RequiredPattern();

    [GeneratedRegex("""Variable\("(GPUGEEK_[A-Z0-9_]+)"\)""")]
    private static partial Regex VerbPattern();

    [GeneratedRegex("""\["(GPUGEEK_[A-Z0-9_]+)"\] = \[("[^\]]*)\]""")]
    private static partial Regex ReaderPattern();
}
