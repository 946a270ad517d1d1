namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>The set-up of a machine that lacks everything. Debian 12 was given packages of Debian 13.</summary>
public sealed class WhatAFreshMachineIsGiven
{
    public const string Needed = "dotnet-sdk-10.0 postgresql util-linux libtcmalloc-minimal4";

    public static readonly TheoryData<string, string, bool> Machines = new()
    {
        { "debian", "12", true },
        { "debian", "13", true },
        { "ubuntu", "24.04", false },
    };

    [Theory]
    [MemberData(nameof(Machines))]
    public async Task Everything_by_name_and_nothing_of_another_release(string id, string version, bool needsFeed)
    {
        using var machine = new FreshMachine(id, version);
        if (!needsFeed)
            machine.Write("state/sdk-candidate", "");
        var (code, said) = await machine.RunAsync();

        Assert.True(code == 0, said);
        Assert.Contains($"Installing (once): {Needed}\n", said, StringComparison.Ordinal);
        Assert.Contains(machine.Calls, c => c.EndsWith($" install -y --no-install-recommends {Needed}", StringComparison.Ordinal));
        Assert.Equal(
            needsFeed,
            machine.Asked.Contains($"packages.microsoft.com/config/{id}/{version}/packages-microsoft-prod.deb", StringComparison.Ordinal)
        );
        Assert.Equal(needsFeed, said.Contains("Microsoft's feed", StringComparison.Ordinal));
        Assert.DoesNotContain("trixie", machine.Asked + said, StringComparison.Ordinal);
        string[] feed = needsFeed ? ["/etc/apt/sources.list.d/microsoft-prod.list"] : [];
        Assert.Equal([.. feed, "/etc/os-release", "/etc/postgresql-common/createcluster.conf"], machine.Files);
        Assert.Equal(
            "create_main_cluster = false\n",
            await File.ReadAllTextAsync(machine.In("etc/postgresql-common/createcluster.conf"), TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task What_tests_need_is_named_too_and_Ubuntu_gets_no_browser_that_is_a_snap()
    {
        foreach (var (id, version) in ((string, string)[])[("debian", "12"), ("ubuntu", "24.04")])
        {
            using var machine = new FreshMachine(id, version);
            var (code, said) = await machine.RunAsync("--tests");
            Assert.True(code == 0, said);
            foreach (var package in (string[])["bubblewrap", "python3-torchvision", "swift-proxy", "memcached"])
                Assert.Contains(package, said, StringComparison.Ordinal);
            Assert.Equal(id == "debian", said.Contains("chromium", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_cluster_setting_that_somebody_made_stays()
    {
        using var machine = new FreshMachine("debian", "12");
        machine.Write("etc/postgresql-common/createcluster.conf", "create_main_cluster = true\n");
        var (code, said) = await machine.RunAsync();
        Assert.True(code == 0, said);
        Assert.Equal(
            "create_main_cluster = true\n",
            await File.ReadAllTextAsync(machine.In("etc/postgresql-common/createcluster.conf"), TestContext.Current.CancellationToken)
        );
    }

    /// <summary>One was taken for Debian's mirror: the script wrote "deb https://deb.nodesource.com/node_20.x trixie main".</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("W: Failed to fetch https://deb.nodesource.com/node_20.x/dists/nodistro/InRelease  Could not connect", 0)]
    [InlineData("E: The repository 'https://deb.nodesource.com/node_20.x nodistro Release' is not signed.", 100)]
    public async Task Sources_of_others_stay_as_they_are_and_stop_nothing(string said, int code)
    {
        using var machine = new FreshMachine("debian", "12");
        var sources = new Dictionary<string, string>
        {
            ["debian.sources"] = "Types: deb\nURIs: http://deb.debian.org/debian\nSuites: bookworm\nComponents: main\n",
            ["nodesource.sources"] = "Types: deb\nURIs: https://deb.nodesource.com/node_20.x\nSuites: nodistro\nComponents: main\n",
            ["google.list"] = "deb https://packages.cloud.google.com/apt cloud-sdk main\n",
            ["aaa.sources.disabled"] = "Types: deb\nURIs: https://deb.example.com/\nSuites: stable\nComponents: main\n",
        };
        foreach (var (name, text) in sources)
            machine.Write($"etc/apt/sources.list.d/{name}", text);
        if (said.Length > 0)
            machine.Write("state/update-says", said + "\n");
        machine.Write("state/update-code", $"{code}");
        var (ended, printed) = await machine.RunAsync();

        Assert.True(ended == 0, printed);
        Assert.Contains(said, printed, StringComparison.Ordinal);
        Assert.Equal(said.Length > 0, printed.Contains("continuing with the others", StringComparison.Ordinal));
        Assert.Equal(
            sources.Keys.Append("microsoft-prod.list").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(machine.In("etc/apt/sources.list.d")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        );
        foreach (var (name, text) in sources)
            Assert.Equal(
                text,
                await File.ReadAllTextAsync(machine.In($"etc/apt/sources.list.d/{name}"), TestContext.Current.CancellationToken)
            );
    }
}
