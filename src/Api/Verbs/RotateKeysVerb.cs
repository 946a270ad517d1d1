using System.Security.Cryptography;
using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure;
using GpuGeek.Infrastructure.Security;

namespace GpuGeek.Api.Verbs;

/// <summary>Re-encrypts the secrets in the database with new keys while the platform runs. It can be run again at any time, also after an
/// interrupted rotation.</summary>
internal static class RotateKeysVerb
{
    /// <summary>Longer than any request takes between encrypting a secret and saving it.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync()
    {
        var folder = VerbTable.Variable("GPUGEEK_KEYS");
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection().AddLogging().AddInfrastructure(configuration).BuildServiceProvider();
        try
        {
            foreach (var key in await services.GetRequiredService<KeyRotation>().RunAsync(Settle, CancellationToken.None))
                Console.WriteLine($"{key.File}: {key.Rows} rows of {key.Table} re-encrypted; the old key was deleted.");
            Console.WriteLine(
                $"Back up {folder} together with the database now: an older backup of the database needs the keys of its own time."
            );
            return 0;
        }
        catch (Exception failure)
            when (failure
                    is CryptographicException
                        or InvalidOperationException
                        or DomainException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            await Console.Error.WriteLineAsync(
                $"Key rotation failed; all secrets can still be decrypted. Run the command again: {failure.Message}"
            );
            return 1;
        }
    }
}
