using System.Globalization;

namespace GpuGeek.AppHost.Hosting;

/// <summary>The command-line options.</summary>
internal sealed record Settings(int Port, string Listen, string DataDirectory, bool Demo)
{
    public const string Usage = """
        Starts GpuGeek: database, API, predictor, worker and pages.

          --port N        port of the page (default 8080)
          --listen ADDR   address to listen on (default 127.0.0.1: this machine only)
          --data DIR      data directory
          --demo          creates a sample dataset, trains, deploys and predicts, and prints the results

          backup --to DIR [--data DIR]      backs up database, objects and keys into a new folder, without stopping
          restore --from DIR [--data DIR]   creates a data directory from a backup
        """;

    public string PublicUrl =>
        Environment.GetEnvironmentVariable("GPUGEEK_PUBLIC_URL")?.TrimEnd('/')
        ?? $"http://{(Listen is "0.0.0.0" or "::" ? Environment.MachineName : Listen)}:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <exception cref="ArgumentException">With the reason.</exception>
    public static Settings Parse(string[] args)
    {
        var settings = new Settings(8080, "127.0.0.1", DefaultData(), false);
        for (var i = 0; i < args.Length; i++)
        {
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value.");
            settings = args[i] switch
            {
                "--port" => settings with
                {
                    Port =
                        int.TryParse(Value(), CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
                            ? port
                            : throw new ArgumentException("--port needs a number from 1 to 65535."),
                },
                "--listen" => settings with { Listen = Value() },
                "--data" => settings with { DataDirectory = Path.GetFullPath(Value()) },
                "--demo" => settings with { Demo = true },
                _ => throw new ArgumentException($"Unknown option '{args[i]}'."),
            };
        }
        return settings;
    }

    // For root not under /root, because PostgreSQL's account could not enter it.
    public static string DefaultData() =>
        Environment.IsPrivilegedProcess
            ? "/var/lib/gpugeek"
            : Path.Combine(
                Environment.GetEnvironmentVariable("XDG_DATA_HOME")
                    ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local/share"),
                "gpugeek"
            );
}
