using System.Diagnostics;
using GpuGeek.AppHost;
using GpuGeek.AppHost.Hosting;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>A data folder of an earlier version, in which every account could read pictures, models and logs.</summary>
public sealed class WhatOtherAccountsSee : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0b111_101_101;
    private readonly string _root = Directory.CreateTempSubdirectory("gpugeek-data-").FullName;

    public WhatOtherAccountsSee()
    {
        File.SetUnixFileMode(_root, Everybody);
        foreach (
            var file in (string[])
                ["objects/orgs/a/sha256/ab/picture", "logs/api.log", "keys/key.xml", "work/cache/a", "postgres/postgres.log", "lock"]
        )
        {
            var path = Path.Combine(_root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "private");
            File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        }
        foreach (var folder in Directory.EnumerateDirectories(_root, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(folder, Everybody);
        File.CreateSymbolicLink(Path.Combine(_root, "leads-nowhere"), "/does/not/exist");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Nothing_after_the_next_start()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Only root can look as another account.");
        Assert.Contains("picture", Readable(), StringComparison.Ordinal);

        using (DataFolder.Open(_root))
        {
            // find cannot even list the folder; what is known by name cannot be read either.
            Assert.Empty(Readable());
            Assert.Empty(Readable("postgres/postgres.log"));
            Assert.Empty(Readable("lock"));
        }
        Assert.Equal((UnixFileMode)0b111_001_001, File.GetUnixFileMode(_root));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(_root, "objects")));
    }

    [Fact]
    public void A_folder_that_all_accounts_share_is_refused_and_stays_as_it_is()
    {
        const UnixFileMode Shared = (UnixFileMode)0b1_111_111_111;
        File.SetUnixFileMode(_root, Shared);

        var failure = Assert.Throws<PartFailedException>(() => DataFolder.Open(_root));
        Assert.Contains("is shared by all accounts. Choose another with --data.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(Shared, File.GetUnixFileMode(_root));
    }

    private string Readable(string below = "")
    {
        string[] arguments = ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "find", Path.Combine(_root, below), "-readable"];
        using var find = Process.Start(
            new ProcessStartInfo("setpriv", arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var found = find.StandardOutput.ReadToEnd();
        find.WaitForExit();
        return found;
    }
}
