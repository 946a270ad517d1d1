using System.Diagnostics;
using GpuGeek.Deploy.Tests.Sandbox;
using GpuGeek.TestSupport;

namespace GpuGeek.Deploy.Tests.Machine;

/// <summary>
/// deploy/prerequisites.sh in a machine of its own under bubblewrap: a scratch /etc and /tmp, and on PATH nothing but a few tools and
/// programs that stand for the packagers' and write down how they were called.
/// </summary>
internal sealed class FreshMachine : IDisposable
{
    private static readonly string[] Tools =
    [
        "bash",
        "sh",
        "cat",
        "cp",
        "env",
        "grep",
        "head",
        "ls",
        "mkdir",
        "mktemp",
        "rm",
        "rmdir",
        "sed",
        "tail",
    ];
    private readonly string _root = Directory.CreateTempSubdirectory("gpugeek-machine-").FullName;

    public FreshMachine(string id, string version)
    {
        foreach (var folder in (string[])["etc/apt/sources.list.d", "etc/apt/preferences.d", "tmp", "bin", "state"])
            Directory.CreateDirectory(Path.Combine(_root, folder));
        Write("etc/os-release", $"ID={id}\nVERSION_ID=\"{version}\"\n");
        foreach (var tool in Tools)
            File.CreateSymbolicLink(Path.Combine(_root, "bin", tool), $"/usr/bin/{tool}");
        Fake("id", "echo ${FAKE_UID:-0}");
        Fake("dotnet", "exit 1");
        // Installed is what a file of that name says; an installation makes it.
        Fake("dpkg-query", "[ -e /state/installed-${!#} ] && echo 'install ok installed'");
        Fake("apt-cache", "[ -e /state/sdk-candidate ] && echo '  Candidate: 10.0.100-1' || echo '  Candidate: (none)'");
        Fake(
            "apt-get",
            """
            echo "apt-get $*" >> /state/calls
            case " $* " in
              *" update "*)
                cat /state/update-says 2>/dev/null
                [ ! -e /state/feed ] || [ -e /state/feed-is-dead ] || echo > /state/sdk-candidate
                exit $(cat /state/update-code 2>/dev/null || echo 0) ;;
              *" install "*) [ ! -e /state/install-fails ] || { echo 'E: Unable to fetch some archives'; exit 100; }
                for word in "$@"; do case $word in -*|install|*=*) ;; *) echo > /state/installed-$word ;; esac; done ;;
            esac
            """
        );
        Fake("curl", "echo \"curl $*\" >> /state/calls; [ ! -e /state/offline ] || { echo 'curl: (6) Could not resolve host'; exit 6; }");
        Fake(
            "dpkg",
            """
            echo "dpkg $*" >> /state/calls
            case $1 in
              -i) echo > /state/feed; echo feed > /etc/apt/sources.list.d/microsoft-prod.list ;;
              --purge) rm /state/feed /etc/apt/sources.list.d/microsoft-prod.list ;;
            esac
            """
        );
    }

    /// <summary>How the packagers' programs were called.</summary>
    public IReadOnlyList<string> Calls => File.Exists(In("state/calls")) ? File.ReadAllLines(In("state/calls")) : [];

    public string Asked => string.Join('\n', Calls);

    /// <summary>Every file in /etc and /tmp.</summary>
    public IReadOnlyList<string> Files =>
        [
            .. ((string[])["etc", "tmp"])
                .SelectMany(f => Directory.EnumerateFiles(In(f), "*", SearchOption.AllDirectories))
                .Select(f => f[_root.Length..])
                .Order(StringComparer.Ordinal),
        ];

    public string In(string path) => Path.Combine(_root, path);

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(path))!);
        File.WriteAllText(In(path), text);
    }

    public void Has(params string[] packages)
    {
        foreach (var package in packages)
            Write($"state/installed-{package}", "");
    }

    public void HasSdk() => Fake("dotnet", "echo '10.0.100 [/usr/lib/dotnet/sdk]'");

    public void Fake(string program, string script)
    {
        Write($"bin/{program}", $"#!/usr/bin/bash\n{script}\n");
        File.SetUnixFileMode(In($"bin/{program}"), (UnixFileMode)0b111_101_101);
    }

    /// <returns>The exit code, and what was printed on either stream.</returns>
    public async Task<(int Code, string Said)> RunAsync(string arguments = "", int uid = 0)
    {
        ContainerMachine.Require();
        string[] walls =
        [
            "--unshare-user",
            "--unshare-net",
            "--uid",
            "0",
            "--ro-bind",
            "/usr",
            "/usr",
            "--symlink",
            "usr/lib",
            "/lib",
            "--symlink",
            "usr/lib64",
            "/lib64",
            "--tmpfs",
            "/usr/lib/postgresql",
            "--bind",
            In("etc"),
            "/etc",
            "--bind",
            In("tmp"),
            "/tmp",
            "--bind",
            In("state"),
            "/state",
            "--ro-bind",
            In("bin"),
            "/bin",
            "--ro-bind",
            Path.Combine(SharedData.RepositoryRoot, "deploy/prerequisites.sh"),
            "/prerequisites.sh",
            "--dev",
            "/dev",
            "--clearenv",
            "--setenv",
            "PATH",
            "/bin",
            "--setenv",
            "FAKE_UID",
            $"{uid}",
            "/bin/bash",
            "/prerequisites.sh",
            .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        using var process = Process.Start(
            new ProcessStartInfo("bwrap", walls) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
