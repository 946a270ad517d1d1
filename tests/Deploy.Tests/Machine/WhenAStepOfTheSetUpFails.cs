namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>A step of the set-up fails, or nothing may be installed. A broken package source was left behind, and every later apt-get
/// update failed.</summary>
public sealed class WhenAStepOfTheSetUpFails
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Installing__it_says_so_and_leaves_nothing_behind()
    {
        using var machine = new FreshMachine("debian", "12");
        machine.Has("curl", "ca-certificates");
        machine.Write("state/install-fails", "");
        var (code, said) = await machine.RunAsync();

        Assert.Equal(1, code);
        const string Message =
            $"This step failed: apt-get install {WhatAFreshMachineIsGiven.Needed}\n  E: Unable to fetch some archives\nCheck";
        Assert.Contains(Message, said, StringComparison.Ordinal);
        Assert.Equal(["/etc/os-release"], machine.Files);
        Assert.False(Directory.Exists(machine.In("etc/postgresql-common")));
    }

    [Fact]
    public async Task Installing__a_setting_that_was_there_is_what_it_was()
    {
        using var machine = new FreshMachine("ubuntu", "24.04");
        machine.Write("state/sdk-candidate", "");
        machine.Write("state/install-fails", "");
        machine.Write("etc/postgresql-common/createcluster.conf", "#create_main_cluster = true\n");
        Assert.Equal(1, (await machine.RunAsync()).Code);
        Assert.Equal(
            "#create_main_cluster = true\n",
            await File.ReadAllTextAsync(machine.In("etc/postgresql-common/createcluster.conf"), Cancel)
        );
    }

    [Theory]
    [InlineData("offline", "This step failed: fetching https://packages.microsoft.com/config/debian/12/packages-microsoft-prod.deb")]
    [InlineData("feed-is-dead", "This step failed: finding dotnet-sdk-10.0 in Microsoft's feed")]
    public async Task Microsofts_feed__it_is_removed_again_and_the_message_says_what_to_do(string fault, string message)
    {
        using var machine = new FreshMachine("debian", "12");
        machine.Write($"state/{fault}", "");
        var (code, said) = await machine.RunAsync();

        Assert.Equal(1, code);
        Assert.Contains(message, said, StringComparison.Ordinal);
        Assert.Contains(
            "Let this machine reach packages.microsoft.com, then run this again. Or install the .NET 10 SDK in another way",
            said,
            StringComparison.Ordinal
        );
        Assert.Equal(["/etc/os-release"], machine.Files);
    }

    [Fact]
    public async Task Nothing_is_missing__nothing_is_asked()
    {
        using var machine = new FreshMachine("debian", "12");
        machine.HasSdk();
        machine.Fake("initdb", "");
        machine.Has("util-linux", "libtcmalloc-minimal4");
        Assert.Equal((0, ""), await machine.RunAsync());
        Assert.Empty(machine.Calls);
        Assert.Equal(["/etc/os-release"], machine.Files);
    }

    [Fact]
    public async Task What_an_earlier_version_left_behind_is_removed_and_nothing_else()
    {
        using var machine = new FreshMachine("debian", "12");
        machine.HasSdk();
        machine.Fake("initdb", "");
        machine.Has("util-linux", "libtcmalloc-minimal4");
        string[] ours = ["etc/apt/sources.list.d/gpugeek-trixie.list", "etc/apt/preferences.d/gpugeek-trixie"];
        foreach (var file in ours.Append("etc/apt/sources.list.d/trixie.list"))
            machine.Write(file, "deb https://deb.nodesource.com/node_20.x trixie main\n");
        var (code, said) = await machine.RunAsync();

        Assert.Equal(0, code);
        Assert.Contains($"earlier version of this script added: /{ours[0]} /{ours[1]}", said, StringComparison.Ordinal);
        Assert.Equal(["/etc/apt/sources.list.d/trixie.list", "/etc/os-release"], machine.Files);
        Assert.Empty(machine.Calls);
    }

    [Fact]
    public async Task Without_the_right_to_install__the_commands_are_printed()
    {
        using var machine = new FreshMachine("debian", "12");
        var (code, said) = await machine.RunAsync(uid: 1000);

        Assert.Equal(1, code);
        Assert.Contains(
            $"Missing: {WhatAFreshMachineIsGiven.Needed}. These commands are needed once, as root:\n  apt-get update\n",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains("  dpkg -i packages-microsoft-prod.deb\n", said, StringComparison.Ordinal);
        Assert.Contains(
            $"  apt-get install -y --no-install-recommends {WhatAFreshMachineIsGiven.Needed}\n",
            said,
            StringComparison.Ordinal
        );
        Assert.Empty(machine.Calls);
        Assert.Equal(["/etc/os-release"], machine.Files);
    }

    [Fact]
    public async Task With_sudo_each_step_is_its()
    {
        using var machine = new FreshMachine("ubuntu", "24.04");
        machine.Write("state/sdk-candidate", "");
        machine.Fake("sudo", "[ \"$1\" = -n ] && shift; echo \"sudo $*\" >> /state/calls; [ \"$1\" = true ] || \"$@\"");
        var (code, said) = await machine.RunAsync(uid: 1000);
        Assert.True(code == 0, said);
        var own = machine.Calls.Where(c => c.StartsWith("apt-get", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, call => Assert.Contains($"sudo env DEBIAN_FRONTEND=noninteractive {call}", machine.Calls));
    }

    [Fact]
    public async Task A_dry_run_prints_and_does_nothing()
    {
        using var machine = new FreshMachine("ubuntu", "24.04");
        machine.Write("state/sdk-candidate", "");
        var (code, said) = await machine.RunAsync("--dry-run");
        Assert.Equal(0, code);
        Assert.Contains(
            $"  apt-get install -y --no-install-recommends {WhatAFreshMachineIsGiven.Needed}\n",
            said,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("microsoft", said, StringComparison.Ordinal);
        Assert.Empty(machine.Calls);
    }
}
