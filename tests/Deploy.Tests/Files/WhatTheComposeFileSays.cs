using System.Diagnostics;
using System.Text.RegularExpressions;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Files;

public sealed partial class WhatTheComposeFileSays
{
    [Fact]
    public void Holds_against_the_sources_and_the_images() => Assert.Empty(new ComposeRules(ComposeFile.Load(), Dockerfile.Load()).All());

    [Theory]
    [InlineData("user: \"1654:1654\"", "user: \"0:0\"", "runs as '0:0'")]
    [InlineData("read_only: true", "read_only: false", "may write to its root file system")]
    [InlineData("cap_drop: [ALL]", "cap_drop: [NET_RAW]", "keeps capabilities")]
    [InlineData("no-new-privileges:true", "apparmor:unconfined", "may gain privileges")]
    [InlineData("mem_limit: 1g", "cpus: 1", "has no mem_limit")]
    [InlineData("network_mode: none", "networks: [front]", "predictor has a network")]
    [InlineData("networks: [data, outside]", "networks: [data, outside]\n  ports: [\"9000:9000\"]", "worker publishes a port")]
    [InlineData("test: [\"CMD\", \"health\", \"lock\", \"/work/lock\"]", "disable: true", "worker has no health check")]
    [InlineData("target: worker-cpu", "target: worker-gpu", "which is no stage")]
    [InlineData("target: predictor", "target: web", "is given GPUGEEK_PREDICTOR_ADDRESS, which it does not read")]
    [InlineData("GPUGEEK_SLOTS:", "GPUGEEK_SLOT:", "is given GPUGEEK_SLOT, which it does not read")]
    [InlineData("GPUGEEK_INSTANCE:", "GPUGEEK_DB:", "web is given GPUGEEK_DB, which it does not read")]
    [InlineData("GPUGEEK_WORK: /work", "# none", "lacks GPUGEEK_WORK")]
    [InlineData("GPUGEEK_API_URL: http://api:8080", "# none", "web lacks GPUGEEK_API_URL")]
    [InlineData("GPUGEEK_S3_BUCKET: gpugeek", "# none", "api lacks GPUGEEK_S3_BUCKET")]
    [InlineData("http://api:8080", "http://api:8081", "web calls api at port 8081")]
    [InlineData("http://objects:7070", "http://store:7070", "which is no service")]
    [InlineData("\"health\", \"http\", \"8080\"", "\"health\", \"http\", \"80\"", "is asked for its health at 80")]
    [InlineData("networks: [edge, front]", "networks: [edge]", "web and api share no network")]
    [InlineData("data: {internal: true}", "data:", "the network data reaches outside")]
    [InlineData("GPUGEEK_WORK: /work", "GPUGEEK_WORK: /var/work", "lies on no volume")]
    [InlineData("web-keys:/keys", "web-keys:/keys:ro", "cannot be written")]
    [InlineData("objects-data:/data", "objects-data:/objects", "would be root's")]
    [InlineData("weights:/weights:ro", "work:/weights:ro", "the volume weights is declared and not used")]
    [InlineData("./deploy/postgres/roles.sql", "./postgres/roles.sql", "which does not exist")]
    [InlineData("context: .,", "context: ..,", "api is built from another folder")]
    [InlineData("dockerfile: deploy/Dockerfile", "dockerfile: Dockerfile", "api has no Dockerfile")]
    [InlineData("${FRONT_SECRET:?run deploy/docker/make-env.sh}", "abc", "GPUGEEK_FRONT_SECRET is written in the file")]
    [InlineData("Password=${APP_PASSWORD:?run deploy/docker/make-env.sh}", "Password=abc", "GPUGEEK_DB is written in the file")]
    [InlineData("GPUGEEK_SMTP_PASSWORD: ${SMTP_PASSWORD:-}", "GPUGEEK_SMTP_PASSWORD: abc", "GPUGEEK_SMTP_PASSWORD is written in the file")]
    public void Is_found_out_where_it_is_wrong(string right, string wrong, string complaint)
    {
        var text = File.ReadAllText(ComposeFile.FileName);
        Assert.Contains(right, text, StringComparison.Ordinal);
        var found = new ComposeRules(ComposeFile.Parse(text.Replace(right, wrong, StringComparison.Ordinal)), Dockerfile.Load()).All();
        Assert.Contains(found, f => f.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Finds_every_secret_in_the_file_that_the_script_writes()
    {
        var folder = Directory.CreateTempSubdirectory("gpugeek-env-").FullName;
        try
        {
            var file = Path.Combine(folder, "env");
            Assert.Equal(0, await MakeAsync(file));
            var written = await EnvFile.ReadAsync(file);
            var wanted = WantedPattern()
                .Matches(await File.ReadAllTextAsync(ComposeFile.FileName, TestContext.Current.CancellationToken))
                .Select(m => m.Groups[1].Value)
                .Distinct();
            Assert.Equal([], wanted.Where(name => written.GetValueOrDefault(name) is not { Length: >= 8 }));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            // The passwords of a cluster that exists would not open it any more.
            Assert.Equal(0, await MakeAsync(file));
            Assert.Equal(written, await EnvFile.ReadAsync(file));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Is_kept_apart_from_the_secrets_file() =>
        Assert.Contains("/.env", File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, ".gitignore")));

    /// <summary>Compose reads the .env of the folder in which it is called and finds the file, both without options: docs/docker.md says
    /// none.</summary>
    [Fact]
    public async Task Has_its_secrets_beside_it_at_the_root_of_the_repository()
    {
        var root = Directory.CreateTempSubdirectory("gpugeek-root-").FullName;
        try
        {
            var script = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "deploy/docker")).FullName, "make-env.sh");
            File.Copy(Path.Combine(SharedData.RepositoryRoot, "deploy/docker/make-env.sh"), script);
            Assert.Equal(0, await RunAsync(script));
            Assert.Equal([Path.Combine(root, ".env")], Directory.EnumerateFiles(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
        var commands = (
            await File.ReadAllLinesAsync(Path.Combine(SharedData.RepositoryRoot, "docs/docker.md"), TestContext.Current.CancellationToken)
        ).Where(l => l.StartsWith("docker compose", StringComparison.Ordinal));
        Assert.Equal(["docker compose up -d --build", "docker compose exec api /app/GpuGeek.Api link"], commands);
    }

    private static Task<int> MakeAsync(string file) => RunAsync(Path.Combine(SharedData.RepositoryRoot, "deploy/docker/make-env.sh"), file);

    private static async Task<int> RunAsync(params string[] command)
    {
        using var script = Process.Start(new ProcessStartInfo("bash", command) { RedirectStandardOutput = true })!;
        await script.WaitForExitAsync();
        return script.ExitCode;
    }

    [GeneratedRegex(@"\$\{(\w+):\?")]
    private static partial Regex WantedPattern();
}

internal static class EnvFile
{
    public static async Task<Dictionary<string, string>> ReadAsync(string file) =>
        (await File.ReadAllLinesAsync(file))
            .Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('=', 2))
            .ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
}
