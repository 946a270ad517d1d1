using System.Text.RegularExpressions;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Files;

/// <summary>What must hold of docker-compose.yml and the Dockerfile together. Each rule gives what is wrong, so that a planted violation
/// can show that it sees.</summary>
internal sealed partial class ComposeRules(ComposeFile compose, Dockerfile images)
{
    private const string Prefix = "GPUGEEK_";

    /// <summary>Secrets of services that an installation may do without.</summary>
    private static readonly string[] MayBeMissing = ["GPUGEEK_SMTP_PASSWORD"];
    private static readonly string[] Bucket =
    [
        "GPUGEEK_S3_ENDPOINT",
        "GPUGEEK_S3_BUCKET",
        "GPUGEEK_S3_ACCESS_KEY",
        "GPUGEEK_S3_SECRET_KEY",
    ];
    private static readonly string[] Folders =
    [
        "GPUGEEK_KEYS",
        "GPUGEEK_SPOOL",
        "GPUGEEK_WORK",
        "GPUGEEK_WEIGHTS",
        "GPUGEEK_PREDICTORS",
        "GPUGEEK_PREDICTOR_ADDRESS",
    ];

    public IEnumerable<string> All() =>
        compose
            .Services.SelectMany(s =>
                (IEnumerable<string>)
                    [.. Walls(s), .. Health(s), .. Image(s), .. Volumes(s), .. Variables(s), .. Secrets(s), .. Addresses(s), .. Needs(s)]
            )
            .Concat(Whole());

    /// <summary>The project behind a service, or null for what others made.</summary>
    public string? Host(Service service)
    {
        var program = images.EntryPoint(service.Target).FirstOrDefault() ?? "";
        return program.StartsWith("/app/GpuGeek.", StringComparison.Ordinal) ? program["/app/GpuGeek.".Length..] : null;
    }

    private static IEnumerable<string> Walls(Service s)
    {
        if (!UserPattern().IsMatch(s.Text("user")))
            yield return $"{s.Name} runs as '{s.Text("user")}': a number that is not 0 is wanted";
        if (s.Text("read_only") != "true")
            yield return $"{s.Name} may write to its root file system";
        if (!s.List("cap_drop").Contains("ALL"))
            yield return $"{s.Name} keeps capabilities";
        if (!s.List("security_opt").Contains("no-new-privileges:true"))
            yield return $"{s.Name} may gain privileges";
        if (
            s.Node["privileged"] is not null
            || s.Node["cap_add"] is not null
            || s.Text("network_mode") == "host"
            || s.Text("pid") == "host"
        )
            yield return $"{s.Name} is given the machine's own";
        if (s.Text("restart") is not ("unless-stopped" or "no"))
            yield return $"{s.Name} has no restart policy";
        foreach (var limit in (string[])["mem_limit", "pids_limit"])
            if (s.Text(limit).Length == 0)
                yield return $"{s.Name} has no {limit}";
        if (s.Node["ports"] is not null && s.Name != "web")
            yield return $"{s.Name} publishes a port";
        if (s.Name == "predictor" && (s.Text("network_mode") != "none" || s.Node["networks"] is not null))
            yield return "predictor has a network";
    }

    private static IEnumerable<string> Health(Service s)
    {
        if ((string?)s.Node["healthcheck"]?["disable"] == "true" ? !s.RunsOnce : s.HealthCheck is not ["CMD", _, ..])
            yield return $"{s.Name} has no health check";
    }

    private IEnumerable<string> Image(Service s)
    {
        if (s.Node["build"] is null)
            yield break;
        // Paths in the file begin at its folder, the root of the repository, which is what the Dockerfile copies from.
        if ((string?)s.Node["build"]!["context"] != ".")
            yield return $"{s.Name} is built from another folder than the root of the repository";
        if (!File.Exists(Path.Combine(SharedData.RepositoryRoot, (string?)s.Node["build"]!["dockerfile"] ?? "Dockerfile")))
            yield return $"{s.Name} has no Dockerfile";
        if (images.Find(s.Target) is null)
            yield return $"{s.Name} is built from '{s.Target}', which is no stage of the Dockerfile";
        else if (!UserPattern().IsMatch(images.Last(s.Target, "USER")))
            yield return $"the image of {s.Name} runs as root";
        else if (images.Last(s.Target, "USER") != s.Text("user"))
            yield return $"{s.Name} and its image disagree about the user";
        if (Host(s) is { } host && !Directory.Exists(Path.Combine(SharedData.RepositoryRoot, "src", host)))
            yield return $"{s.Name} starts GpuGeek.{host}, which is no project";
        if (
            Host(s) is { } project
            && images.Publisher(s.Target)?.Instructions.Any(i => i.Text.Contains($" src/{project} ", StringComparison.Ordinal)) != true
        )
            yield return $"the image of {s.Name} does not hold src/{project}";
    }

    private IEnumerable<string> Volumes(Service s)
    {
        foreach (var mount in s.Volumes)
        {
            if (mount.IsNamed && !compose.Volumes.Contains(mount.Source))
                yield return $"{s.Name} mounts {mount.Source}, which is not declared";
            if (!mount.IsNamed && !Path.Exists(Path.Combine(SharedData.RepositoryRoot, mount.Source)))
                yield return $"{s.Name} mounts {mount.Source}, which does not exist";
            if (
                mount.IsNamed
                && images.Find(s.Target) is not null
                && !images.All(s.Target).Any(i => i.Verb == "RUN" && OwnsFolder(i.Text, mount.Target))
            )
                yield return $"the image of {s.Name} does not hand {mount.Target} to its user: the volume would be root's";
        }
        foreach (var (name, path) in s.Environment.Where(v => Folders.Contains(v.Key)))
        {
            var mount = s.Volumes.FirstOrDefault(v => path == v.Target || path.StartsWith(v.Target + "/", StringComparison.Ordinal));
            if (mount is null)
                yield return $"{s.Name}: {name} is {path}, which lies on no volume";
            else if (mount.ReadOnly && name != "GPUGEEK_WEIGHTS")
                yield return $"{s.Name}: {name} lies on a volume that cannot be written";
        }
    }

    private static bool OwnsFolder(string run, string folder) =>
        run.Contains("chown 1654:1654", StringComparison.Ordinal)
        && run[run.IndexOf("chown", StringComparison.Ordinal)..].Split(' ').Contains(folder);

    private IEnumerable<string> Variables(Service s)
    {
        if (s.Name != "bucket" && Host(s) is null)
            yield break;
        var known =
            s.Name == "bucket" ? new HostVariables(Bucket.Append("GPUGEEK_S3_REGION").ToHashSet(), Bucket.ToHashSet())
            : s.List("command") is ["migrate"] ? HostVariables.OfMigrate()
            : HostVariables.Of(Host(s)!);
        foreach (var name in s.Environment.Keys.Where(n => !known.Read.Contains(n) && n != "ASPNETCORE_URLS"))
            yield return $"{s.Name} is given {name}, which it does not read";
        var storage = known.Read.Contains("GPUGEEK_S3_ENDPOINT") ? Bucket : [];
        foreach (var name in known.Required.Concat(storage).Distinct().Where(n => !s.Environment.ContainsKey(n)))
            yield return $"{s.Name} lacks {name}";
    }

    private static IEnumerable<string> Secrets(Service s) =>
        from variable in s.Environment
        where variable.Key.StartsWith(Prefix + "DB", StringComparison.Ordinal) || SecretPattern().IsMatch(variable.Key)
        where
            !variable.Value.Contains(":?", StringComparison.Ordinal)
            && !(
                MayBeMissing.Contains(variable.Key)
                && variable.Value.StartsWith("${", StringComparison.Ordinal)
                && variable.Value.EndsWith(":-}", StringComparison.Ordinal)
            )
        select $"{s.Name}: {variable.Key} is written in the file, or may be empty";

    /// <summary>Where one service says how another is reached, that one must listen there, on a network that both are in.</summary>
    private IEnumerable<string> Addresses(Service s)
    {
        var named = s
            .Environment.Values.SelectMany(v => AddressPattern().Matches(v))
            .Select(m => (Name: m.Groups[1].Value + m.Groups[3].Value, Port: m.Groups[2].Value + m.Groups[4].Value))
            .Distinct();
        foreach (var (name, port) in named)
        {
            var other = compose.Services.FirstOrDefault(o => o.Name == name);
            if (other is null)
                yield return $"{s.Name} calls {name}, which is no service";
            else if (Port(other) != port)
                yield return $"{s.Name} calls {name} at port {port}, but it listens at {Port(other)}";
            else if (!other.List("networks").Intersect(s.List("networks")).Any())
                yield return $"{s.Name} and {name} share no network";
        }
        if (s.Environment.ContainsKey("ASPNETCORE_URLS") && images.Last(s.Target, "EXPOSE") != Port(s))
            yield return $"{s.Name} listens at {Port(s)}, but its image exposes {images.Last(s.Target, "EXPOSE")}";
        if (s.HealthCheck is ["CMD", "health", "http", var asked, ..] && asked != Port(s))
            yield return $"{s.Name} is asked for its health at {asked}, but it listens at {Port(s)}";
        foreach (var published in s.List("ports").Where(p => p[(p.LastIndexOf(':') + 1)..] != Port(s)))
            yield return $"{s.Name} publishes {published}, but it listens at {Port(s)}";
    }

    private static string Port(Service s) =>
        s.Name switch
        {
            "postgres" => "5432",
            "objects" => s.List("command").SkipWhile(w => w != "--port").Skip(1).First().TrimStart(':'),
            _ => s.Environment.GetValueOrDefault("ASPNETCORE_URLS", "").Split(':')[^1],
        };

    private IEnumerable<string> Needs(Service s) =>
        from need in s.Needs
        where compose.Services.All(o => o.Name != need)
        select $"{s.Name} waits for {need}, which is no service";

    private IEnumerable<string> Whole()
    {
        foreach (var volume in compose.Volumes.Where(v => !compose.Services.Any(s => s.Volumes.Any(m => m.Source == v))))
            yield return $"the volume {volume} is declared and not used";
        foreach (var name in compose.Services.SelectMany(s => s.List("networks")).Distinct().Where(n => !compose.Networks.ContainsKey(n)))
            yield return $"the network {name} is not declared";
        foreach (var name in (string[])["front", "data"])
            if ((string?)compose.Networks[name]?["internal"] != "true")
                yield return $"the network {name} reaches outside";
        foreach (var service in compose.Services.Where(s => s.Name is "postgres" or "objects" && s.List("networks") is not ["data"]))
            yield return $"{service.Name} is in another network than data";
    }

    [GeneratedRegex(@"^[1-9]\d*:[1-9]\d*$")]
    private static partial Regex UserPattern();

    [GeneratedRegex("PASSWORD|SECRET|ACCESS_KEY")]
    private static partial Regex SecretPattern();

    [GeneratedRegex(@"Host=(\w+);Port=(\d+)|http://([a-z]\w*):(\d+)")]
    private static partial Regex AddressPattern();
}
