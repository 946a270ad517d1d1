using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GpuGeek.Domain.Webhooks;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Http;

namespace GpuGeek.Worker.Tests.Webhooks;

public sealed class SendingWebhooks(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_signed_dated_and_named()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        var (hook, secret) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        await bench.PingAsync(hook);
        await bench.StartAsync();
        var delivery = await bench.WaitAsync(hook.Id, d => d.State == DeliveryState.Delivered);
        var got = Assert.Single(receiver.Messages);
        Assert.True(got.IsSignedWith(secret));
        Assert.False(got.IsSignedWith(WebhookSecret.Create()));
        Assert.Equal((delivery.MessageId, "application/json", "/hook"), (got.Id, got.ContentType, got.Path));
        Assert.InRange(
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(got.Timestamp, CultureInfo.InvariantCulture)),
            Bench.Now.AddMinutes(-5),
            Bench.Now.AddMinutes(5)
        );
        var body = JsonNode.Parse(got.Body)!;
        Assert.Equal(("ping", hook.Id.ToString()), ((string)body["type"]!, (string)body["data"]!["webhook"]!));
        Assert.Equal((200, 1, null), (delivery.StatusCode, delivery.Attempt, delivery.Error));
    }

    [Fact]
    public async Task A_refused_message_is_retried_with_the_same_id_and_body()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("I broke", Cancel);
        };
        var (hook, secret) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        var id = await bench.PingAsync(hook);
        await bench.SendOneAsync();
        var failed = Assert.Single(await bench.DeliveriesAsync(hook.Id));
        Assert.Equal((DeliveryState.Pending, 1, 500, "I broke"), (failed.State, failed.Attempt, failed.StatusCode, failed.ResponseBody));
        Assert.InRange((failed.NextAttemptAt - failed.LastAttemptAt)!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(30));
        Assert.Null(await bench.Claims.NextAsync(Cancel));
        receiver.Answer = _ => Task.CompletedTask;
        await bench.DueAsync(id);
        await bench.SendOneAsync();
        var both = receiver.Messages.ToArray();
        Assert.Equal((both[0].Id, Encoding.UTF8.GetString(both[0].Body)), (both[1].Id, Encoding.UTF8.GetString(both[1].Body)));
        Assert.All(both, m => Assert.True(m.IsSignedWith(secret)));
        Assert.Equal((0, null), ((await bench.HookAsync(hook.Id)).Failures, (await bench.HookAsync(hook.Id)).FailingSince));
    }

    [Fact]
    public async Task After_the_last_attempt_it_is_given_up()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        var id = await bench.PingAsync(hook);
        for (var i = 0; i < WebhookDelivery.MaxAttempts; i++)
        {
            await bench.DueAsync(id);
            await bench.SendOneAsync();
        }
        var last = Assert.Single(await bench.DeliveriesAsync(hook.Id));
        Assert.Equal((DeliveryState.Failed, WebhookDelivery.MaxAttempts, null), (last.State, last.Attempt, last.NextAttemptAt));
        Assert.Equal(WebhookDelivery.MaxAttempts, receiver.Messages.Count);
    }

    [Fact]
    public async Task A_410_turns_the_webhook_off_and_queued_messages_fail()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return Task.CompletedTask;
        };
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        await bench.PingAsync(hook);
        await bench.PingAsync(hook);
        await bench.SendOneAsync();
        var off = await bench.HookAsync(hook.Id);
        Assert.False(off.Active);
        Assert.Contains("410", off.DisabledReason, StringComparison.Ordinal);
        Assert.All(await bench.DeliveriesAsync(hook.Id), d => Assert.Equal(DeliveryState.Failed, d.State));
        Assert.Single(receiver.Messages);
    }

    [Fact]
    public async Task Failures_over_a_day_turn_it_off_with_a_reason()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        await bench.ChangeAsync(
            hook.Id,
            w =>
            {
                for (var i = 1; i < Webhook.MaxFailures; i++)
                    w.CountFailure(Bench.Now.AddHours(-30));
            }
        );
        await bench.PingAsync(hook);
        await bench.SendOneAsync();
        var off = await bench.HookAsync(hook.Id);
        Assert.False(off.Active);
        Assert.Contains("20 attempts in a row failed", off.DisabledReason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task During_a_rotation_both_secrets_sign_and_after_it_the_new_one()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        var (hook, old) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        var secrets = bench.Worker.Get<GpuGeek.Infrastructure.Webhooks.WebhookSecrets>();
        var fresh = WebhookSecret.Create();
        await bench.ChangeAsync(hook.Id, w => w.Rotate(secrets.Protect(w.OrgId, w.Id, fresh), Bench.Now));
        await bench.PingAsync(hook);
        await bench.SendOneAsync();
        var rotated = await bench.HookAsync(hook.Id);
        await bench.ChangeAsync(hook.Id, w => w.Rotate(rotated.Secret, Bench.Now - Webhook.OldSecretSigns));
        await bench.PingAsync(hook);
        await bench.SendOneAsync();
        var (during, after) = (receiver.Messages.ToArray()[0], receiver.Messages.ToArray()[1]);
        Assert.Equal((true, true, 2), (during.IsSignedWith(old), during.IsSignedWith(fresh), during.Signatures.Split(' ').Length));
        Assert.Equal((false, true, 1), (after.IsSignedWith(old), after.IsSignedWith(fresh), after.Signatures.Split(' ').Length));
    }

    [Fact]
    public async Task Of_a_long_answer_the_beginning_is_kept_and_a_silent_receiver_is_left()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        bench.Worker.Get<Microsoft.Extensions.Options.IOptions<GpuGeek.Infrastructure.Webhooks.WebhookOptions>>().Value.Timeout =
            TimeSpan.FromSeconds(1);
        receiver.Answer = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync("x\0" + new string('y', 1000), context.RequestAborted);
        };
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        await bench.PingAsync(hook);
        await bench.SendOneAsync();
        var kept = Assert.Single(await bench.DeliveriesAsync(hook.Id));
        Assert.Equal(DeliveryState.Delivered, kept.State);
        Assert.Equal(WebhookDelivery.MaxResponseBytes, kept.ResponseBody!.Length);
        receiver.Answer = context => Task.Delay(System.Threading.Timeout.Infinite, context.RequestAborted);
        await bench.PingAsync(hook);
        var silent = await bench.SendOneAsync();
        Assert.Equal((null, "No complete response within 1 seconds."), (silent.StatusCode, silent.Error));
    }

    [Fact]
    public async Task What_is_wrong_with_the_connection_is_said()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        using var closed = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var port = ((System.Net.IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        foreach (
            var (url, error) in ((string, string)[])
                [
                    (
                        receiver.Url.Replace("http:", "https:", StringComparison.Ordinal),
                        "The TLS connection failed: check the receiver's certificate."
                    ),
                    ($"http://127.0.0.1:{port}/", "The connection failed."),
                    ("http://there-is-none.invalid/", "The host name could not be resolved."),
                ]
        )
        {
            var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, url);
            await bench.PingAsync(hook);
            Assert.Equal(
                (null, error),
                ((await bench.SendOneAsync()).StatusCode, Assert.Single(await bench.DeliveriesAsync(hook.Id)).Error)
            );
        }
        Assert.Empty(receiver.Messages);
    }

    [Fact]
    public async Task A_redirect_is_a_refusal_and_not_followed()
    {
        await using var bench = new Bench(postgres);
        await using var receiver = await Receiver.StartAsync();
        await using var inside = await Receiver.StartAsync();
        receiver.Answer = context =>
        {
            context.Response.Redirect(inside.Url, permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        };
        var (hook, _) = await bench.AddAsync((await bench.TenantAsync()).OrgId, receiver.Url);
        await bench.PingAsync(hook);
        var answer = await bench.SendOneAsync();
        Assert.Equal((307, "The receiver responded with 307; redirects are not followed."), (answer.StatusCode, answer.Error));
        Assert.Empty(inside.Messages);
    }
}
