using GpuGeek.Infrastructure.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GpuGeek.Api.Http;

/// <summary>Tokens of signed addresses: they are the only authorisation of their routes.</summary>
internal static class SignedTokens
{
    /// <returns>The grant, or why there is none.</returns>
    public static (ObjectGrant?, ProblemHttpResult?) Check(string token, ObjectUrlSigner signer) =>
        signer.Read(token) switch
        {
            { } grant when !signer.HasEnded(grant) => (grant, null),
            { } => (null, Problems.Forbidden("link_expired", "This address has expired.", "Request a new one.")),
            null => (
                null,
                Problems.Forbidden(
                    "link_invalid",
                    "This address was not issued by the server.",
                    "Copy the whole address, or request a new one."
                )
            ),
        };
}
