namespace GpuGeek.Api.Verbs;

/// <summary>Commands of the program besides serving.</summary>
internal static class VerbTable
{
    public static Func<string[], Task<int>>? Find(string verb) =>
        verb switch
        {
            "migrate" => _ => MigrateVerb.RunAsync(),
            "schema" => _ => SchemaVerb.RunAsync(),
            "link" => _ => LinkVerb.RunAsync(),
            "reset-password" => ResetPasswordVerb.RunAsync,
            "rotate-keys" => _ => RotateKeysVerb.RunAsync(),
            "--help" or "help" => _ => HelpAsync(),
            _ => null,
        };

    private static Task<int> HelpAsync()
    {
        Console.WriteLine(
            """
            GpuGeek.Api             serves the REST API
            GpuGeek.Api migrate     migrates the database, after a dump (GPUGEEK_DB_OWNER, GPUGEEK_DB_HANGFIRE, GPUGEEK_BACKUPS)
            GpuGeek.Api schema      prints the last migration of this version
            GpuGeek.Api link        prints a one-time link that creates the operator, or signs the operator in
                                    (GPUGEEK_DB_SYSTEM, GPUGEEK_PUBLIC_URL)
            GpuGeek.Api reset-password EMAIL [--remove-second-factor]
                                    prints a one-time link to set a new password (GPUGEEK_DB_SYSTEM, GPUGEEK_PUBLIC_URL)
            GpuGeek.Api rotate-keys re-encrypts the secrets in the database with new keys (GPUGEEK_DB_SYSTEM, GPUGEEK_KEYS)
            """
        );
        return Task.FromResult(0);
    }

    public static string Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set; see docs/architecture.md.");
}
