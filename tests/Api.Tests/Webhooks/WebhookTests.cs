using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.Domain.Tenants;
using GpuGeek.Domain.Webhooks;
using GpuGeek.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Webhooks;

public sealed class WebhooksOfAnOrganisation(SharedApplication shared) : IClassFixture<SharedApplication>
{
    // TEST-NET addresses would be refused; a public literal needs no name server and is never connected to here.
    private const string Address = "https://93.184.216.34/hook";
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private static Task<CreatedWebhookResponse> CreateAsync(TenantSession owner, params string[] events) =>
        owner.Client.CreateWebhookAsync(
            owner.Org,
            new() { Url = Address, Events = events.Length == 0 ? WebhookEventTypes.All : events },
            Cancel
        );

    [Fact]
    public async Task The_secret_is_shown_once_and_lies_encrypted()
    {
        var owner = await _app.RegisterAsync();
        var made = await CreateAsync(owner, "run.failed", "run.succeeded", "run.failed");
        Assert.StartsWith("whsec_", made.Secret, StringComparison.Ordinal);
        Assert.InRange(Convert.FromBase64String(made.Secret["whsec_".Length..]).Length, 24, 64);
        Assert.Equal(["run.succeeded", "run.failed"], made.Events);
        foreach (var path in (string[])["webhooks", $"webhooks/{made.Id}"])
            Assert.DoesNotContain("whsec_", await owner.Http.GetStringAsync(owner.At(path), Cancel), StringComparison.Ordinal);
        await using var db = _app.SystemDatabase();
        var row = await db.Webhooks.IgnoreTenantFilter().SingleAsync(w => w.Id == made.Id, Cancel);
        Assert.DoesNotContain(made.Secret[6..20], System.Text.Encoding.Latin1.GetString(row.Secret), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_request_makes_one()
    {
        var owner = await _app.RegisterAsync();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, owner.At("webhooks"))
            {
                Content = new StringContent(
                    $$"""{"url":"{{Address}}","events":["run.failed"]}""",
                    System.Text.Encoding.UTF8,
                    "application/json"
                ),
            };
            request.Headers.Add("Idempotency-Key", "make-it-once");
            Assert.Equal(HttpStatusCode.Created, (await owner.Http.SendAsync(request, Cancel)).StatusCode);
        }
        Assert.Single((await owner.Client.ListWebhooksAsync(owner.Org, Cancel)).Items);
    }

    [Fact]
    public async Task It_is_changed_turned_off_rotated_and_deleted()
    {
        var owner = await _app.RegisterAsync();
        var made = await CreateAsync(owner);
        var changed = await owner.Client.UpdateWebhookAsync(
            owner.Org,
            made.Id,
            new()
            {
                Url = Address + "?a=1",
                Events = ["import.failed"],
                Active = false,
            },
            Cancel
        );
        Assert.Equal((Address + "?a=1", false), (changed.Url, changed.Active));
        Assert.Equal(["import.failed"], changed.Events);
        var rotated = await owner.Client.RotateWebhookSecretAsync(owner.Org, made.Id, Cancel);
        Assert.NotEqual(made.Secret, rotated.Secret);
        Assert.Equal(
            rotated.OldSecretUntil,
            (await owner.Client.GetWebhookAsync(owner.Org, made.Id, Cancel)).OldSecretUntil!.Value,
            TimeSpan.FromMilliseconds(1)
        );
        await owner.Client.DeleteWebhookAsync(owner.Org, made.Id, Cancel);
        await owner.Client.DeleteWebhookAsync(owner.Org, made.Id, Cancel);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => owner.Client.GetWebhookAsync(owner.Org, made.Id, Cancel))).Status
        );
    }

    [Fact]
    public async Task Only_admins_and_keys_of_the_organisation_come_to_them()
    {
        var owner = await _app.RegisterAsync();
        var made = await CreateAsync(owner);
        var editor = await _app.JoinAsync(owner, Role.Editor);
        Assert.Equal("role_too_small", (await Answers.RefusedAsync(() => editor.Client.ListWebhooksAsync(owner.Org, Cancel))).Code);
        var key = await owner.Client.CreateKeyAsync(
            owner.Org,
            new() { Name = "k", Scopes = [.. Scopes.All.Except([Scopes.OrgAdmin])] },
            Cancel
        );
        Assert.Equal(
            "scope_missing",
            (
                await Answers.RefusedAsync(() =>
                    new GpuGeekClient(_app.HttpWith(key.Key)).RotateWebhookSecretAsync(owner.Org, made.Id, Cancel)
                )
            ).Code
        );
        var other = await _app.RegisterAsync();
        foreach (
            var (method, path) in ((HttpMethod, string)[])
                [
                    (HttpMethod.Get, ""),
                    (HttpMethod.Patch, ""),
                    (HttpMethod.Post, "/rotate"),
                    (HttpMethod.Post, "/test"),
                    (HttpMethod.Get, "/deliveries"),
                    (HttpMethod.Post, $"/deliveries/{made.Id}/redeliver"),
                ]
        )
        {
            using var request = new HttpRequestMessage(method, other.At($"webhooks/{made.Id}{path}"));
            if (method == HttpMethod.Patch)
                request.Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
            Assert.Equal("not_found", await (await other.Http.SendAsync(request, Cancel)).CodeAsync(HttpStatusCode.NotFound));
        }
        await other.Client.DeleteWebhookAsync(other.Org, made.Id, Cancel);
        Assert.Equal(made.Id, (await owner.Client.GetWebhookAsync(owner.Org, made.Id, Cancel)).Id);
    }

    [Theory]
    [
        InlineData("https://127.0.0.1/"),
        InlineData("https://[::1]/"),
        InlineData("https://localhost/"),
        InlineData("https://localhost./"),
        InlineData("https://0.0.0.0/")
    ]
    [
        InlineData("https://2130706433/"),
        InlineData("https://0x7f.1/"),
        InlineData("https://0177.1/"),
        InlineData("https://[::ffff:127.0.0.1]/"),
        InlineData("https://[64:ff9b::7f00:1]/"),
        InlineData("https://[::127.0.0.1]/")
    ]
    [
        InlineData("https://169.254.169.254/latest/meta-data"),
        InlineData("https://[fd00:ec2::254]/"),
        InlineData("https://10.1.2.3/"),
        InlineData("https://172.16.0.1/"),
        InlineData("https://192.168.1.1:8443/")
    ]
    [
        InlineData("https://100.64.0.1/"),
        InlineData("https://[fe80::1]/"),
        InlineData("https://[fc00::1]/"),
        InlineData("https://db.internal/"),
        InlineData("https://printer.local/"),
        InlineData("https://a.localhost/")
    ]
    public async Task An_address_inside_is_refused(string url) => Assert.Equal("private_address", await RefusedAsync(url));

    [Theory]
    [
        InlineData("http://93.184.216.34/"),
        InlineData("ftp://93.184.216.34/"),
        InlineData("file:///etc/passwd"),
        InlineData("hooks.example.org"),
        InlineData("https://user:pass@93.184.216.34/"),
        InlineData("https://93.184.216.34/#x"),
        InlineData("https://")
    ]
    public async Task An_address_that_is_none_is_refused(string url) => Assert.Equal("invalid_webhook_url", await RefusedAsync(url));

    private async Task<string?> RefusedAsync(string url)
    {
        var owner = await _app.RegisterAsync();
        var refused = await Answers.RefusedAsync(() =>
            owner.Client.CreateWebhookAsync(owner.Org, new() { Url = url, Events = ["run.failed"] }, Cancel)
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        var made = await CreateAsync(owner);
        Assert.Equal(
            refused.Code,
            (await Answers.RefusedAsync(() => owner.Client.UpdateWebhookAsync(owner.Org, made.Id, new() { Url = url }, Cancel))).Code
        );
        return refused.Code;
    }

    [Fact]
    public async Task An_unknown_event_is_refused_by_name()
    {
        var owner = await _app.RegisterAsync();
        var refused = await Answers.RefusedAsync(() => CreateAsync(owner, "run.exploded"));
        Assert.Equal("unknown_event", refused.Code);
        Assert.Contains("run.exploded", refused.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task There_are_at_most_twenty()
    {
        var owner = await _app.RegisterAsync();
        for (var i = 0; i < Webhook.MaxPerOrganization; i++)
            await CreateAsync(owner);
        Assert.Equal("webhook_limit", (await Answers.RefusedAsync(() => CreateAsync(owner))).Code);
    }

    [Fact]
    public async Task A_canceled_run_is_queued_for_those_who_asked_and_for_no_one_else()
    {
        var (owner, _, version) = await _app.RegisterWithVersionAsync();
        var (asked, other, off) = (
            await CreateAsync(owner, "run.canceled"),
            await CreateAsync(owner, "run.failed"),
            await CreateAsync(owner)
        );
        var stranger = await _app.RegisterAsync();
        var foreign = await CreateAsync(stranger);
        await owner.Client.UpdateWebhookAsync(owner.Org, off.Id, new() { Active = false }, Cancel);
        var run = await owner.StartRunAsync(version.Id);
        await owner.Client.CancelRunAsync(owner.Org, run.Id, Cancel);
        var delivery = Assert.Single((await owner.Client.ListWebhookDeliveriesAsync(owner.Org, asked.Id, ct: Cancel)).Items);
        Assert.Equal(("run.canceled", "pending", 0), (delivery.Type, delivery.State, delivery.Attempt));
        var payload = JsonNode.Parse(delivery.Payload)!;
        Assert.Equal(
            ("run.canceled", run.Id.ToString(), "canceled", owner.Org),
            (
                (string)payload["type"]!,
                (string)payload["data"]!["run"]!,
                (string)payload["data"]!["state"]!,
                (string)payload["data"]!["organization"]!
            )
        );
        Assert.EndsWith("Z", (string)payload["timestamp"]!, StringComparison.Ordinal);
        Assert.Empty((await owner.Client.ListWebhookDeliveriesAsync(owner.Org, other.Id, ct: Cancel)).Items);
        Assert.Empty((await owner.Client.ListWebhookDeliveriesAsync(owner.Org, off.Id, ct: Cancel)).Items);
        Assert.Empty((await stranger.Client.ListWebhookDeliveriesAsync(stranger.Org, foreign.Id, ct: Cancel)).Items);
    }

    [Fact]
    public async Task A_ping_is_queued_and_redelivered_under_the_same_message_id()
    {
        var owner = await _app.RegisterAsync();
        var made = await CreateAsync(owner, "run.failed");
        var ping = await owner.Client.TestWebhookAsync(owner.Org, made.Id, Cancel);
        await using (var db = _app.SystemDatabase())
            await db
                .WebhookDeliveries.IgnoreTenantFilter()
                .Where(d => d.Id == ping.Id)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(d => d.State, DeliveryState.Failed)
                            .SetProperty(d => d.Attempt, 9)
                            .SetProperty(d => d.NextAttemptAt, (DateTimeOffset?)null),
                    Cancel
                );
        var again = await owner.Client.RedeliverAsync(owner.Org, made.Id, ping.Id, Cancel);
        Assert.Equal((ping.Id, ping.MessageId, "pending", 0), (again.Id, again.MessageId, again.State, again.Attempt));
        Assert.NotNull(again.NextAttemptAt);
        await owner.Client.UpdateWebhookAsync(owner.Org, made.Id, new() { Active = false }, Cancel);
        Assert.Equal(
            "webhook_disabled",
            (await Answers.RefusedAsync(() => owner.Client.RedeliverAsync(owner.Org, made.Id, ping.Id, Cancel))).Code
        );
        Assert.Equal(
            "webhook_disabled",
            (await Answers.RefusedAsync(() => owner.Client.TestWebhookAsync(owner.Org, made.Id, Cancel))).Code
        );
    }
}
