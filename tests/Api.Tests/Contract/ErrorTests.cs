using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Api.Tests.Walls.Matrix;

namespace GpuGeek.Api.Tests.Contract;

/// <summary>Invalid requests to every route, over a real connection.</summary>
public sealed class WhateverIsSent(WhateverIsSent.Listening shared) : IClassFixture<WhateverIsSent.Listening>
{
    private static readonly string[] Inside =
    [
        "   at ",
        "Exception",
        "Npgsql",
        "SELECT ",
        "INSERT ",
        ".cs:",
        "/src/",
        "/tmp/",
        "GpuGeek.Api",
        "System.",
        "BytePositionInLine",
    ];
    private static readonly Row[] Elsewhere =
    [
        Post(
            "Register",
            "account/register",
            new
            {
                email = "a@example.org",
                password = "a long enough phrase",
                displayName = "A",
                organization = "A",
            }
        ),
        Post("SignIn", "account/sign-in", new { email = "a@example.org", password = "a long enough phrase" }),
        Post("SignInByLink", "account/sign-in-link", new { token = "gg_link_x" }),
        Post("ChangePassword", "account/password", new { current = "wrong", @new = "a long enough phrase" }),
        Post("ForgotPassword", "account/forgot-password", new { email = "a@example.org" }),
        Post("ResetPassword", "account/reset-password", new { token = "gg_reset_x", newPassword = "a long enough phrase" }),
        Post("ConfirmSecondFactor", "account/second-factor/confirm", new { code = "123456" }),
        Post("RemoveSecondFactor", "account/second-factor/remove", new { password = "wrong" }),
        Post("BeginPasskey", "account/passkeys/begin", new { password = "wrong" }),
        Post(
            "AddPasskey",
            "account/passkeys",
            new
            {
                challenge = Guid.Empty,
                credential = "{}",
                name = "n",
            }
        ),
        Post("BeginPasskeySignIn", "account/sign-in-passkey/begin", new { browser = "0b7d7a5e4d6f4f0d9f6a3a1c5e8b2d47" }),
        Post(
            "SignInByPasskey",
            "account/sign-in-passkey",
            new
            {
                challenge = Guid.Empty,
                browser = "0b7d7a5e4d6f4f0d9f6a3a1c5e8b2d47",
                credential = "{}",
            }
        ),
        Get("ListSessions", "account/sessions"),
        Get("ListAccountEvents", "account/events"),
        Get("ListPasskeys", "account/passkeys"),
        Post("LookAtInvitation", "invitations/look", new { token = "gg_invite_x" }),
        Post("LookAtShared", "shared/look", new { token = "gg_share_x" }),
        Post("AcceptInvitation", "invitations/accept", new { token = "gg_invite_x" }),
        Post("CreateOrganization", "orgs", new { name = "A" }),
        Post("RestoreOrganization", $"account/deleted-organizations/{Guid.Empty}/restore", new { }),
        Get("ListDeletedOrganizations", "account/deleted-organizations"),
        Get("ListOrganizations", "orgs"),
        Get("GetMe", "account/me"),
        Get("ListPlans", "plans"),
        Get("ListWorkers", "workers"),
        Get("ListArchitectures", "architectures"),
    ];

    public sealed class Listening(GpuGeek.TestSupport.PostgresFixture postgres) : IAsyncDisposable
    {
        private readonly ListeningApplication _app = new(postgres);
        public ApiApplication App => _app.App;

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }

    [Fact]
    public async Task Is_answered_with_a_problem_whose_code_is_documented_and_never_with_the_inside()
    {
        var world = await World.CreateAsync(shared.App);
        var documented = DocumentedCodes.Read();
        var attacks = new List<Attack>();
        foreach (var row in Rows.All.Where(r => r.Name is not ("RemoveMember" or "DeleteOrganization")))
            attacks.AddRange(Attack.On(row.Name, await row.Make(world), $"orgs/{world.Owner.Org}"));
        foreach (var row in Elsewhere)
            attacks.AddRange(Attack.On(row.Name, await row.Make(world), ""));
        var faults = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            attacks,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ApiApplication.Cancel },
            async (attack, _) =>
            {
                if (await FaultAsync(world.Owner.Http, attack, documented) is { } fault)
                    faults.Add(fault);
            }
        );
        Assert.InRange(attacks.Count, 2000, 20_000);
        Assert.True(
            faults.IsEmpty,
            $"{faults.Count} of {attacks.Count}:\n{string.Join('\n', faults.Order(StringComparer.Ordinal).Take(60))}"
        );
    }

    private static async Task<string?> FaultAsync(HttpClient http, Attack attack, HashSet<(int, string)> documented)
    {
        using var response = await SendAsync(http, attack);
        if ((int)response.StatusCode < 400)
            return null;
        var body = await response.Content.ReadAsStringAsync(ApiApplication.Cancel);
        var what =
            $"{attack.Name}: {(int)response.StatusCode} {response.Content.Headers.ContentType?.MediaType} "
            + $"{body[..Math.Min(body.Length, 400)]}";
        if (
            response.StatusCode == HttpStatusCode.InternalServerError
            || response.Content.Headers.ContentType?.MediaType != "application/problem+json"
        )
            return what;
        var problem = JsonNode.Parse(body)!;
        if (!documented.Contains(((int)response.StatusCode, problem["code"]?.GetValue<string>() ?? "")))
            return "not documented: " + what;
        if (problem["requestId"] is null || problem["title"] is null || problem["detail"] is null)
            return "incomplete: " + what;
        return Inside.Any(word => body.Contains(word, StringComparison.Ordinal)) ? "says too much: " + what : null;
    }

    /// <summary>A server that refuses an unread body closes the connection, and the next request on it may fail: that request is sent
    /// again.</summary>
    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, Attack attack)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = attack.Request();
            try
            {
                return await http.SendAsync(request, ApiApplication.Cancel);
            }
            catch (HttpRequestException closed) when (attempt < 5)
            {
                TestContext.Current.SendDiagnosticMessage($"{attack.Name}: {closed.HttpRequestError}");
            }
            catch (HttpRequestException closed)
            {
                throw new InvalidOperationException($"{attack.Name} is never answered.", closed);
            }
        }
    }

    private static Row Post(string name, string path, object body) =>
        new(name, Domain.Tenants.Role.Viewer, null, _ => Task.FromResult<Call>(new(HttpMethod.Post, path, body)));

    private static Row Get(string name, string path) =>
        new(name, Domain.Tenants.Role.Viewer, null, _ => Task.FromResult<Call>(new(HttpMethod.Get, path)));
}
