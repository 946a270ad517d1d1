using System.Net.Http.Json;
using System.Text.RegularExpressions;
using GpuGeek.Contracts.Client;

namespace GpuGeek.Deploy.Tests.Sandbox;

/// <summary>Everything that is given out once is given out and used, through the front door of the real hosts at their usual log level, and
/// then looked for in what they wrote.</summary>
[Collection(WalledHouseScenarios.Name)]
public sealed partial class WhatTheLogsHold(WalledHouse house)
{
    private const string Password = "quite another phrase",
        Wrong = "a phrase that is wrong";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_host_writes_a_token_a_secret_or_a_password()
    {
        await house.StartedAsync();
        var (api, org) = (house.Api, house.Org);
        List<string> secrets = [house.Session.Token, Password, Wrong, "analytical engine"];
        var signIn = await house.LinkAsync("link");
        secrets.AddRange([signIn, (await house.Client(null).SignInByLinkAsync(new() { Token = signIn }, Cancel)).Token]);

        var key = (await api.CreateKeyAsync(org, new() { Name = "ci", Scopes = ["datasets:read"] }, Cancel)).Key;
        await house.Client(key).ListProjectsAsync(org, Cancel);
        var invitation = AfterHash(
            (await api.CreateInvitationAsync(org, new() { Role = "viewer", Email = "bob@example.org" }, Cancel)).Url
        );
        var bob = await house
            .Client(null)
            .RegisterAsync(
                new()
                {
                    Email = "bob@example.org",
                    Password = Password,
                    DisplayName = "Bob",
                    Invitation = invitation,
                },
                Cancel
            );
        var webhook = await api.CreateWebhookAsync(org, new() { Url = "https://1.1.1.1/hook", Events = ["run.failed"] }, Cancel);
        var factor = await house.Client(bob.Token).BeginSecondFactorAsync(Cancel);
        secrets.AddRange([key, invitation, bob.Token, webhook.Secret, factor.Secret]);
        var reset = AfterHash(await house.LinkAsync("reset-password", "bob@example.org"));
        await house.Client(null).ResetPasswordAsync(new() { Token = reset, NewPassword = Password + "!" }, Cancel);
        secrets.Add(reset);
        await KnockAsync(secrets);
        Assert.Contains("re-encrypted", await house.VerbAsync("rotate-keys"), StringComparison.Ordinal);
        await api.RotateWebhookSecretAsync(org, webhook.Id, Cancel);

        Assert.All(secrets, s => Assert.True(s.Length >= 16, $"'{s}' is no secret."));
        foreach (var container in house.Containers)
        {
            var log = container.Log;
            Assert.DoesNotContain(secrets, s => log.Contains(s, StringComparison.Ordinal));
            Assert.DoesNotMatch(Token(), log);
        }
    }

    /// <summary>In each place where a careless program would log it: query, path, header, cookie, body, the hub's handshake, and where
    /// something goes wrong.</summary>
    private async Task KnockAsync(IReadOnlyList<string> secrets)
    {
        using var http = new HttpClient { BaseAddress = house.Address };
        foreach (var secret in secrets.Where(s => s.StartsWith("gg_", StringComparison.Ordinal)))
        {
            foreach (
                var path in (string[])
                    [
                        $"/sign-in/link?token={secret}",
                        $"/hubs/live?access_token={secret}&id=none",
                        $"/api/v1/objects/{secret}",
                        $"/api/v1/orgs/{secret}/projects",
                        $"/{secret}/projects",
                        $"/setup?token={secret}",
                    ]
            )
                (await http.GetAsync(path, Cancel)).Dispose();
            (await http.PostAsync($"/hubs/live/negotiate?access_token={secret}", null, Cancel)).Dispose();
            (await http.PostAsJsonAsync("/api/v1/shared/look", new { token = secret }, Cancel)).Dispose();
            (await http.PostAsJsonAsync("/api/v1/account/sign-in", new { email = secret, password = secret }, Cancel)).Dispose();
            using var cookie = new HttpRequestMessage(HttpMethod.Get, $"/{house.Org}")
            {
                Headers = { { "Cookie", $"gg_a1b2c3d4={secret}" } },
            };
            (await http.SendAsync(cookie, Cancel)).Dispose();
            using var broken = new HttpRequestMessage(HttpMethod.Post, "/api/v1/account/sign-in")
            {
                Content = new StringContent($"{{\"email\":\"{secret}", System.Text.Encoding.UTF8, "application/json"),
            };
            (await http.SendAsync(broken, Cancel)).Dispose();
        }
        await Assert.ThrowsAsync<ApiException>(() =>
            house.Client(null).SignInAsync(new() { Email = "ada@example.org", Password = Wrong }, Cancel)
        );
    }

    private static string AfterHash(string link) => link[(link.IndexOf('#', StringComparison.Ordinal) + 1)..];

    [GeneratedRegex("gg_[a-z]+_[A-Za-z0-9]{20,}|whsec_")]
    private static partial Regex Token();
}
