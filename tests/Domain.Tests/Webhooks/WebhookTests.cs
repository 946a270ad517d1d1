using System.Reflection;
using System.Text;
using GpuGeek.Contracts.Webhooks;
using GpuGeek.Domain.Common;
using GpuGeek.Domain.Webhooks;

namespace GpuGeek.Domain.Tests.Webhooks;

public sealed class SignaturesOfWebhooks
{
    /// <summary>The example that libraries of Standard Webhooks and its forerunner Svix test themselves with.</summary>
    [Fact]
    public void Are_those_of_the_published_example() =>
        Assert.Equal(
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            WebhookSecret.Sign(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1614265330,
                Encoding.UTF8.GetBytes("""{"test": 2432232314}""")
            )
        );

    [Fact]
    public void Secrets_differ() => Assert.NotEqual(WebhookSecret.Create(), WebhookSecret.Create());
}

public sealed class EventsOfWebhooks
{
    [Fact]
    public void Can_all_be_subscribed_to() =>
        Assert.Equal(
            typeof(WebhookEventTypes)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(field => field.IsLiteral)
                .Select(field => (string)field.GetRawConstantValue()!),
            WebhookEventTypes.All
        );

    /// <summary>The project that sends them has no list of its own: it compiles the contract's.</summary>
    [Fact]
    public void Are_those_of_the_contract_in_the_domain_too()
    {
        var sent = typeof(WebhookEvent).Assembly.GetType(typeof(WebhookEventTypes).FullName!)!;
        Assert.False(sent.IsVisible);
        Assert.Equal(WebhookEventTypes.All, (string[])sent.GetField(nameof(WebhookEventTypes.All))!.GetValue(null)!);
    }
}

public sealed class RetriesOfWebhooks
{
    [Fact]
    public void Wait_longer_each_time_and_end()
    {
        var waits = Enumerable
            .Range(1, WebhookDelivery.MaxAttempts - 1)
            .Select(attempt => WebhookDelivery.DelayAfter(attempt, 0)!.Value)
            .ToList();
        Assert.Equal(TimeSpan.FromSeconds(5), waits[0]);
        Assert.Equal(TimeSpan.FromHours(20), waits[^1]);
        Assert.Equal(waits.Order(), waits);
        Assert.Equal(TimeSpan.FromSeconds(6), WebhookDelivery.DelayAfter(1, 1));
        Assert.Null(WebhookDelivery.DelayAfter(WebhookDelivery.MaxAttempts, 0.5));
    }
}

public sealed class AWebhookThatFails
{
    private static readonly DateTimeOffset Start = new(2026, 1, 15, 8, 0, 0, TimeSpan.Zero);

    private static Webhook Hook() =>
        new()
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            Url = "https://hooks.example.org/",
            Events = [],
            Secret = [],
            CreatedAt = Start,
            UpdatedAt = Start,
        };

    [Fact]
    public void Is_turned_off_after_twenty_failures_over_a_day()
    {
        var hook = Hook();
        for (var i = 0; i < Webhook.MaxFailures - 1; i++)
            Assert.False(hook.CountFailure(Start.AddHours(2 * i)));
        Assert.True(hook.CountFailure(Start.AddHours(40)));
        Assert.False(hook.Active);
        Assert.Equal("20 attempts in a row failed, the first on 2026-01-15 at 08:00 UTC.", hook.DisabledReason);
    }

    [Fact]
    public void Survives_any_number_of_failures_in_a_short_outage()
    {
        var hook = Hook();
        for (var i = 0; i < 500; i++)
            Assert.False(hook.CountFailure(Start.AddSeconds(i)));
        Assert.True(hook.Active);
    }

    [Fact]
    public void Starts_without_a_past_after_a_success_or_when_it_is_turned_on()
    {
        var hook = Hook();
        hook.CountFailure(Start);
        hook.Recover();
        Assert.Equal((0, null), (hook.Failures, hook.FailingSince));
        hook.CountFailure(Start);
        hook.Disable("why");
        hook.Switch(true);
        Assert.Equal((true, null, 0), (hook.Active, hook.DisabledReason, hook.Failures));
    }

    [Fact]
    public void Cannot_be_sent_again_while_it_is_being_sent()
    {
        var delivery = new WebhookDelivery
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            WebhookId = Guid.Empty,
            MessageId = "msg",
            Type = "ping",
            Payload = "{}",
            CreatedAt = Start,
            LeaseUntil = Start.AddSeconds(30),
        };
        Assert.Equal("delivery_under_way", Assert.Throws<DomainException>(() => delivery.Redeliver(Start)).Code);
        delivery.Redeliver(Start.AddMinutes(1));
        Assert.Equal(DeliveryState.Pending, delivery.State);
    }
}
