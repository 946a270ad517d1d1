using System.Diagnostics;
using System.Text.Json;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Files;

public sealed class WhatTheProjectIsMadeOf
{
    private static readonly string Root = SharedData.RepositoryRoot;

    private static async Task<JsonElement> ListAsync()
    {
        using var script = Process.Start(
            new ProcessStartInfo("python3", [Path.Combine(Root, "deploy/sbom.py")])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, await errors);
        return JsonDocument.Parse(output).RootElement;
    }

    private static IEnumerable<JsonElement> Packages(JsonElement list) =>
        list.GetProperty("components")
            .EnumerateArray()
            .Where(c => c.GetProperty("purl").GetString()!.StartsWith("pkg:nuget/", StringComparison.Ordinal));

    [Fact]
    public async Task Is_listed_with_versions_and_hashes()
    {
        var list = await ListAsync();
        Assert.Equal(("CycloneDX", "1.6"), (list.GetProperty("bomFormat").GetString(), list.GetProperty("specVersion").GetString()));
        Assert.All(
            Packages(list),
            p =>
            {
                Assert.Equal(
                    $"pkg:nuget/{p.GetProperty("name").GetString()}@{p.GetProperty("version").GetString()}",
                    p.GetProperty("purl").GetString()
                );
                Assert.Equal(128, p.GetProperty("hashes")[0].GetProperty("content").GetString()!.Length);
            }
        );
        Assert.Contains(list.GetProperty("components").EnumerateArray(), c => c.GetProperty("name").GetString() == "uplot");
    }

    [Fact]
    public async Task Is_what_NOTICE_names()
    {
        var listed = Packages(await ListAsync()).Select(p => p.GetProperty("name").GetString()!).Distinct().Order(StringComparer.Ordinal);
        var notice = await File.ReadAllTextAsync(Path.Combine(Root, "NOTICE"), TestContext.Current.CancellationToken);
        var named = notice[notice.IndexOf("Every package in the lock files", StringComparison.Ordinal)..]
            .Split('\n')
            .Where(l => l.StartsWith("  ", StringComparison.Ordinal))
            .Select(l => l.Trim())
            .Order(StringComparer.Ordinal);
        Assert.Equal(listed, named);
    }

    [Fact]
    public async Task Has_every_package_that_a_lock_file_of_src_has()
    {
        var listed = Packages(await ListAsync())
            .Select(p => $"{p.GetProperty("name").GetString()} {p.GetProperty("version").GetString()}")
            .ToHashSet();
        var locked =
            from file in Directory.EnumerateFiles(Path.Combine(Root, "src"), "packages.lock.json", SearchOption.AllDirectories)
            from framework in JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("dependencies").EnumerateObject()
            from package in framework.Value.EnumerateObject()
            where package.Value.GetProperty("type").GetString() != "Project"
            select $"{package.Name} {package.Value.GetProperty("resolved").GetString()}";
        Assert.Equal(listed, locked.ToHashSet());
    }
}
