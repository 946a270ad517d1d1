namespace GpuGeek.AppHost.Hosting;

/// <summary>The variables of docs/architecture.md. Each host gets only its own, so that a leak in one host reveals no secrets of
/// others.</summary>
internal static class HostEnvironment
{
    private static readonly Dictionary<string, string[]> Readers = new(StringComparer.Ordinal)
    {
        ["GPUGEEK_DB"] = ["Api"],
        ["GPUGEEK_DB_SYSTEM"] = ["Api", "Worker"],
        ["GPUGEEK_DB_HANGFIRE"] = ["Api", "Worker"],
        ["GPUGEEK_OBJECTS"] = ["Api", "Worker"],
        ["GPUGEEK_RESERVE_BYTES"] = ["Api", "Worker"],
        ["GPUGEEK_S3_ENDPOINT"] = ["Api", "Worker"],
        ["GPUGEEK_S3_PUBLIC_ENDPOINT"] = ["Api", "Worker"],
        ["GPUGEEK_S3_BUCKET"] = ["Api", "Worker"],
        ["GPUGEEK_S3_ACCESS_KEY"] = ["Api", "Worker"],
        ["GPUGEEK_S3_SECRET_KEY"] = ["Api", "Worker"],
        ["GPUGEEK_S3_REGION"] = ["Api", "Worker"],
        ["GPUGEEK_SPOOL"] = ["Api", "Worker"],
        ["GPUGEEK_KEYS"] = ["Api", "Web", "Worker"],
        ["GPUGEEK_WEBHOOK_ALLOW_PRIVATE"] = ["Api", "Worker"],
        ["GPUGEEK_PUBLIC_URL"] = ["Api", "Web"],
        ["GPUGEEK_API_URL"] = ["Web"],
        ["GPUGEEK_FRONT_SECRET"] = ["Api", "Web"],
        ["GPUGEEK_INSTANCE"] = ["Web"],
        ["GPUGEEK_PREDICTORS"] = ["Api"],
        ["GPUGEEK_PREDICTOR_ADDRESS"] = ["Predictor"],
        ["GPUGEEK_PREDICTOR_TOKEN"] = ["Api", "Predictor"],
        ["GPUGEEK_EXECUTION_PROVIDER"] = ["Predictor"],
        ["GPUGEEK_SMTP_HOST"] = ["Api", "Worker"],
        ["GPUGEEK_SMTP_PORT"] = ["Worker"],
        ["GPUGEEK_SMTP_USER"] = ["Worker"],
        ["GPUGEEK_SMTP_PASSWORD"] = ["Worker"],
        ["GPUGEEK_SMTP_FROM"] = ["Worker"],
        ["GPUGEEK_SMTP_SECURITY"] = ["Worker"],
        ["GPUGEEK_SESSION_IDLE_DAYS"] = ["Api"],
        ["GPUGEEK_SESSION_DAYS"] = ["Api"],
        ["GPUGEEK_WORK"] = ["Worker"],
        ["GPUGEEK_WEIGHTS"] = ["Worker"],
        ["GPUGEEK_SLOTS"] = ["Worker"],
        ["GPUGEEK_LAUNCHER"] = ["Worker"],
        ["GPUGEEK_DEVICES"] = ["Worker"],
        ["GPUGEEK_DEVICE_CLASS"] = ["Worker"],
        ["GPUGEEK_JANITOR_MINUTES"] = ["Worker"],
        ["GPUGEEK_EMBEDDING_BYTES"] = ["Worker"],
        ["GPUGEEK_GRACE_DAYS"] = ["Worker"],
        ["GPUGEEK_UPLOAD_HOURS"] = ["Api", "Worker"],
        ["GPUGEEK_METRICS"] = ["Api", "Web", "Predictor", "Worker"],
        ["GPUGEEK_REGISTRATION"] = ["Api"],
        ["GPUGEEK_FAULTS"] = ["Predictor", "Worker"],
    };

    // Variables from the environment override AppHost's values.
    private static readonly string[] PassedThrough = [.. Readers.Keys, "GPUGEEK_DB_OWNER", "GPUGEEK_BACKUPS"];

    /// <summary>Predictors that others start: AppHost starts none of its own.</summary>
    public static bool HasPredictors => Environment.GetEnvironmentVariable("GPUGEEK_PREDICTORS") is { Length: > 0 };

    public static bool HasDatabase => Environment.GetEnvironmentVariable("GPUGEEK_DB") is { Length: > 0 };

    public static async Task<Dictionary<string, string>> BaseAsync(Settings settings, DataFolder data, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GPUGEEK_OBJECTS"] = data.Objects,
            ["GPUGEEK_KEYS"] = data.Keys,
            ["GPUGEEK_WORK"] = data.Work,
            ["GPUGEEK_SPOOL"] = data.Work,
            ["GPUGEEK_BACKUPS"] = data.Backups,
            ["GPUGEEK_PUBLIC_URL"] = settings.PublicUrl,
            ["GPUGEEK_FRONT_SECRET"] = await SecretFile.ReadOrCreateAsync(Path.Combine(data.Secrets, "front"), cancellationToken),
            ["GPUGEEK_INSTANCE"] = (await SecretFile.ReadOrCreateAsync(Path.Combine(data.Secrets, "instance"), cancellationToken))[..8],
        };
        environment["GPUGEEK_PREDICTORS"] = environment["GPUGEEK_PREDICTOR_ADDRESS"] = SocketPath(data);
        foreach (var name in PassedThrough)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment[name] = value;
        // The folder is only the default; a configured service replaces it.
        if (environment.ContainsKey("GPUGEEK_S3_ENDPOINT") && Environment.GetEnvironmentVariable("GPUGEEK_OBJECTS") is not { Length: > 0 })
            environment.Remove("GPUGEEK_OBJECTS");
        return environment;
    }

    public static Dictionary<string, string> For(string host, Dictionary<string, string> all)
    {
        // An empty value removes what the child would inherit.
        var own = PassedThrough.Where(Exists).ToDictionary(name => name, _ => "", StringComparer.Ordinal);
        foreach (var (name, value) in all)
            if (Readers.GetValueOrDefault(name, []).Contains(host))
                own[name] = value;
        if (own.TryGetValue("GPUGEEK_METRICS", out var metrics))
            own["GPUGEEK_METRICS"] = MetricsAddress.Of(host, metrics);
        own["DOTNET_gcServer"] = "0";
        own["ASPNETCORE_ENVIRONMENT"] = "Production";
        // Their working directory is /: for changed settings they would watch every file of the machine.
        own["DOTNET_hostBuilder__reloadConfigOnChange"] = "false";
        return own;
    }

    private static bool Exists(string name) => Environment.GetEnvironmentVariable(name) is not null;

    // The kernel allows at most 107 bytes for a socket's path; a deep data directory would exceed it.
    private static string SocketPath(DataFolder data)
    {
        var path = Path.Combine(data.Run, "predictor.sock");
        return path.Length < 100 ? path : Path.Combine(Directory.CreateTempSubdirectory("gpugeek-").FullName, "predictor.sock");
    }
}
