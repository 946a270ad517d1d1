using GpuGeek.Api.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// Requirements for a passkey. Domain and origin come from the options, never from the request. The device verifies the person
/// (fingerprint, face, PIN) at every use, so a passkey counts as two factors: possession of the device, and biometrics or the PIN of its
/// owner.
/// </summary>
internal sealed class PasskeyRules(IOptions<ApiOptions> options) : IConfigureOptions<IdentityPasskeyOptions>
{
    public void Configure(IdentityPasskeyOptions passkeys)
    {
        var origin = new Uri(options.Value.PublicUrl);
        passkeys.ServerDomain = origin.Host;
        passkeys.UserVerificationRequirement = "required";
        // The device finds the account itself: the person does not type an address.
        passkeys.ResidentKeyRequirement = "required";
        // The maker of the device does not matter.
        passkeys.AttestationConveyancePreference = "none";
        passkeys.AuthenticatorTimeout = Infrastructure.Accounts.PasskeyChallenge.Lifetime;
        passkeys.ValidateOrigin = context =>
            ValueTask.FromResult(
                !context.CrossOrigin
                    && Uri.TryCreate(context.Origin, UriKind.Absolute, out var from)
                    && Uri.Compare(from, origin, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase)
                        == 0
            );
    }

    /// <summary>Browsers accept passkeys only for domain names, not for IP addresses, and only over an encrypted connection.</summary>
    public static bool ArePossible(ApiOptions options) =>
        Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url)
        && url.HostNameType == UriHostNameType.Dns
        && (url.Scheme == Uri.UriSchemeHttps || url.Host == "localhost" || url.Host.EndsWith(".localhost", StringComparison.Ordinal));
}
