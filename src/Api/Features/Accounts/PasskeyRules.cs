using GpuGeek.Api.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace GpuGeek.Api.Features.Accounts;

/// <summary>
/// What a device must do to be believed. Domain and origin are the options' and never the request's. The device recognises the person
/// (fingerprint, face, PIN) at every use,
/// so that a passkey is two factors: having the device and being, or knowing the PIN of, its owner.
/// </summary>
internal sealed class PasskeyRules(IOptions<ApiOptions> options) : IConfigureOptions<IdentityPasskeyOptions>
{
    public void Configure(IdentityPasskeyOptions passkeys)
    {
        var origin = new Uri(options.Value.PublicUrl);
        passkeys.ServerDomain = origin.Host;
        passkeys.UserVerificationRequirement = "required";
        // The device itself finds the account: nobody types an address.
        passkeys.ResidentKeyRequirement = "required";
        // Who made the device is not our business.
        passkeys.AttestationConveyancePreference = "none";
        passkeys.AuthenticatorTimeout = Infrastructure.Identity.PasskeyChallenge.Lifetime;
        passkeys.ValidateOrigin = context =>
            ValueTask.FromResult(
                !context.CrossOrigin
                    && Uri.TryCreate(context.Origin, UriKind.Absolute, out var from)
                    && Uri.Compare(from, origin, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase)
                        == 0
            );
    }

    /// <summary>Browsers keep passkeys for names, not for addresses of numbers, and only where nobody on the way can read along.</summary>
    public static bool ArePossible(ApiOptions options) =>
        Uri.TryCreate(options.PublicUrl, UriKind.Absolute, out var url)
        && url.HostNameType == UriHostNameType.Dns
        && (url.Scheme == Uri.UriSchemeHttps || url.Host == "localhost" || url.Host.EndsWith(".localhost", StringComparison.Ordinal));
}
