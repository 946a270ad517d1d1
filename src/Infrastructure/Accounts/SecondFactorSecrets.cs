using GpuGeek.Domain.Common;
using GpuGeek.Infrastructure.Security;
using Microsoft.Extensions.Options;

namespace GpuGeek.Infrastructure.Accounts;

/// <summary>Encrypts shared secrets of authenticator apps: the database alone is not enough to generate codes.</summary>
public sealed class SecondFactorSecrets(IOptions<KeyFolderOptions> options)
{
    private readonly SecretBox _box = new(
        options.Value.Folder,
        "second-factors.key",
        () =>
            new(
                "second_factor_not_set_up",
                "This installation has no key folder, so second factors cannot be stored.",
                "Ask the operator to set GPUGEEK_KEYS."
            )
    );

    /// <exception cref="DomainException">The installation has no key folder.</exception>
    public byte[] Protect(Guid user, byte[] secret) => _box.Seal(user.ToByteArray(), secret);

    public byte[] Unprotect(Guid user, byte[] box) => _box.Open(user.ToByteArray(), box);

    internal SecretBox Box => _box;

    internal byte[]? Reseal(SecondFactor factor) => _box.Reseal(factor.UserId.ToByteArray(), factor.Secret);
}
