using System.Xml.Linq;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Files;

public sealed class WhatTheDockerfileSays
{
    private static string Text => File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "deploy/Dockerfile"));

    [Fact]
    public void Copies_what_exists_and_is_not_ignored() => Assert.Empty(MissingFiles(Dockerfile.Load()));

    [Theory]
    [InlineData("COPY src src", "COPY source source", "source")]
    [InlineData("deploy/docker/health", "deploy/docker/healthy", "deploy/docker/healthy")]
    [InlineData("COPY src src", "COPY docs docs", "docs")]
    public void Is_found_out_where_a_file_is_missing_or_ignored(string right, string wrong, string complaint) =>
        Assert.Contains(complaint, MissingFiles(Dockerfile.Parse(Text.Replace(right, wrong, StringComparison.Ordinal))));

    [Fact]
    public void Takes_every_file_that_the_projects_import()
    {
        var copied = Dockerfile.Load().Stages.SelectMany(Dockerfile.CopiedFiles).ToList();
        var named = XDocument
            .Load(Path.Combine(SharedData.RepositoryRoot, "Directory.Build.props"))
            .Descendants("AdditionalFiles")
            .Select(f =>
                Path.GetFileName((string)f.Attribute("Include")!.Value.Replace("$(MSBuildThisFileDirectory)", "", StringComparison.Ordinal))
            );
        foreach (var file in named.Concat(["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "src"]))
            Assert.Contains(file, copied);
    }

    [Fact]
    public void Begins_from_the_same_distribution_everywhere()
    {
        var images = Dockerfile.Load();
        foreach (var host in (string[])["api", "web", "predictor", "worker-cpu", "worker-cuda"])
        {
            Assert.Equal("mcr.microsoft.com/dotnet/aspnet:10.0-noble", images.BaseImage(host));
            Assert.Equal("mcr.microsoft.com/dotnet/sdk:10.0-noble", images.BaseImage(images.Publisher(host)!.Name));
        }
    }

    [Fact]
    public void Restores_by_the_lock_files_but_for_the_one_without()
    {
        var publishes = Dockerfile
            .Load()
            .Stages.SelectMany(s =>
                s.Instructions.Where(i => i.Text.StartsWith("dotnet publish", StringComparison.Ordinal)).Select(i => (s.Name, i.Text))
            )
            .ToList();
        Assert.Equal(5, publishes.Count);
        Assert.Equal(
            ["publish-worker-cuda"],
            publishes.Where(p => !p.Text.Contains("-p:RestoreLockedMode=true", StringComparison.Ordinal)).Select(p => p.Name)
        );
    }

    private static IEnumerable<string> MissingFiles(Dockerfile images)
    {
        var allowed = File.ReadAllLines(Path.Combine(SharedData.RepositoryRoot, "deploy/Dockerfile.dockerignore"))
            .Where(l => l.StartsWith('!'))
            .Select(l => l[1..])
            .ToHashSet(StringComparer.Ordinal);
        return images
            .Stages.SelectMany(Dockerfile.CopiedFiles)
            .Where(file => !allowed.Contains(file) || !Path.Exists(Path.Combine(SharedData.RepositoryRoot, file)));
    }
}
