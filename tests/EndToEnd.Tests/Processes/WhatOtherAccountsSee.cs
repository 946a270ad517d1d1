using System.Diagnostics;
using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;

namespace GpuGeek.EndToEnd.Tests.Processes;

/// <summary>The data folder of a platform that has imported, trained and served, seen by another account of the machine.</summary>
[Collection(StoryScenarios.Pages)]
public sealed class WhatOtherAccountsSee(FlowersStory story, Chromium chromium)
{
    [Fact]
    public async Task No_picture_no_model_and_no_log()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can look as another account.");
        var data = (await story.ToldAsync(chromium)).Account.Platform.DataDirectory;

        Assert.Empty(await FindAsync(data, "-readable"));
        // Known by name, PostgreSQL's folder can be entered: what lies in it cannot be read.
        Assert.Empty(await FindAsync($"{data}/postgres/postgres.log", "-readable"));
        Assert.Empty(await FindAsync($"{data}/postgres/password", "-readable"));
        Assert.Empty(await FindAsync($"{data}/objects", "-executable"));
    }

    private static async Task<string> FindAsync(string path, string test)
    {
        string[] arguments = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "find", path, test];
        using var find = Process.Start(
            new ProcessStartInfo("setpriv", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = find.StandardError.ReadToEndAsync();
        var found = await find.StandardOutput.ReadToEndAsync();
        await errors;
        await find.WaitForExitAsync();
        return found;
    }
}
