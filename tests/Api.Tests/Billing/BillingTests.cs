using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Billing;
using GpuGeek.Contracts.Client;
using GpuGeek.Domain.Tenants;
using Microsoft.EntityFrameworkCore;

namespace GpuGeek.Api.Tests.Billing;

public sealed class PayingForTime(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>A run with intervals of the given held and kept seconds.</summary>
    private async Task<(TenantSession Session, Guid Run)> TrainedAsync(decimal price, params (int Held, int Kept)[] intervals)
    {
        var (session, _, version) = await _app.RegisterWithVersionAsync();
        var run = (await session.StartRunAsync(version.Id)).Id;
        var org = await session.OrgIdAsync();
        await using var db = _app.SystemDatabase();
        // The first moment of this month, so that every interval counts for it.
        var start = new DateTimeOffset(Planted.Now.Year, Planted.Now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < intervals.Length; i++)
            db.UsageIntervals.Add(
                new()
                {
                    OrgId = org,
                    Id = Planted.NewId(),
                    RunId = run,
                    RunName = "Trained",
                    Fence = i + 1,
                    Slot = $"worker-{run:N}/{i}",
                    Device = "a100",
                    StartedAt = start,
                    EndedAt = start.AddSeconds(intervals[i].Held),
                    KeptUntil = start.AddSeconds(intervals[i].Kept),
                    PricePerHour = price,
                    Currency = "USD",
                }
            );
        await db.SaveChangesAsync(Cancel);
        return (session, run);
    }

    [Fact]
    public async Task A_run_costs_the_seconds_that_were_kept_at_the_price_of_their_time()
    {
        var (session, run) = await TrainedAsync(0.90m, (1000, 600), (500, 400));
        var response = await session.Client.GetRunAsync(session.Org, run, ct: Cancel);
        Assert.Equal((1000m, "0.2500", "USD"), (response.Seconds, response.Cost.Amount, response.Cost.Currency));
    }

    [Fact]
    public async Task Time_that_nothing_was_kept_of_costs_nothing()
    {
        var (session, run) = await TrainedAsync(0.90m, (1000, 0));
        Assert.Equal("0.0000", (await session.Client.GetRunAsync(session.Org, run, ct: Cancel)).Cost.Amount);
        var interval = Assert.Single((await session.Client.ListUsageAsync(session.Org, run, ct: Cancel)).Items);
        Assert.Equal(
            (1000m, 0m, "0.9000", "0.0000", "a100"),
            (interval.HeldSeconds, interval.ChargedSeconds, interval.PricePerHour.Amount, interval.Cost.Amount, interval.Device)
        );
    }

    [Fact]
    public async Task The_intervals_add_up_to_the_run_and_to_the_month()
    {
        var (session, run) = await TrainedAsync(0.70m, (100, 99), (50, 7), (10, 10));
        var usage = (await session.Client.ListUsageAsync(session.Org, ct: Cancel)).Items;
        var response = await session.Client.GetRunAsync(session.Org, run, ct: Cancel);
        var month = (await session.Client.GetSubscriptionAsync(session.Org, Cancel)).ThisMonth;
        Assert.Equal((response.Seconds, response.Seconds), (usage.Sum(u => u.ChargedSeconds), month.Seconds));
        Assert.Equal(
            (response.Cost, response.Cost),
            (
                month.Cost,
                new($"{usage.Sum(u => decimal.Parse(u.Cost.Amount, System.Globalization.CultureInfo.InvariantCulture)):0.0000}", "USD")
            )
        );
        Assert.All(usage, u => Assert.Equal((run, response.Name), (u.Run, u.RunName)));
    }

    [Fact]
    public async Task The_trial_stops_when_its_hours_are_used_up_and_another_plan_goes_on()
    {
        var (session, run) = await TrainedAsync(0, (51 * 3600, 50 * 3600));
        var version = (await session.Client.GetRunAsync(session.Org, run, ct: Cancel)).DatasetVersion;
        var refused = await Answers.RefusedAsync(() => session.StartRunAsync(version));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "plan_limit"), (refused.Status, refused.Code));
        Assert.Contains("50 hours", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("hourly", (await session.Client.ChangeSubscriptionAsync(session.Org, new() { Plan = "hourly" }, Cancel)).Plan.Code);
        Assert.Equal("queued", (await session.StartRunAsync(version)).State);
    }

    [Fact]
    public async Task Another_organisations_usage_is_not_listed()
    {
        var (_, run) = await TrainedAsync(0.90m, (10, 10));
        var me = await _app.RegisterAsync();
        Assert.Empty((await me.Client.ListUsageAsync(me.Org, ct: Cancel)).Items);
        Assert.Empty((await me.Client.ListUsageAsync(me.Org, run, ct: Cancel)).Items);
    }

    [Fact]
    public async Task An_owner_chooses_among_the_plans_there_are()
    {
        var owner = await _app.RegisterAsync();
        Assert.Equal(
            ["hourly", "monthly", "trial"],
            (await owner.Client.ListPlansAsync(Cancel)).Items.Select(p => p.Code).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            "unknown_plan",
            (
                await Answers.RefusedAsync(() => owner.Client.ChangeSubscriptionAsync(owner.Org, new() { Plan = "free-for-all" }, Cancel))
            ).Code
        );
        var editor = await _app.JoinAsync(owner, Role.Editor);
        Assert.Equal(
            "role_too_small",
            (await Answers.RefusedAsync(() => editor.Client.ChangeSubscriptionAsync(owner.Org, new() { Plan = "monthly" }, Cancel))).Code
        );
    }

    [Fact]
    public async Task The_operator_prices_classes_of_devices()
    {
        var owner = await _app.RegisterAsync();
        await using var db = _app.SystemDatabase();
        await db.Users.Where(u => u.Email == owner.Email).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsOperator, true), Cancel);
        async Task<string[]> PricesAsync() =>
            [
                .. (await owner.Client.ListPlansAsync(Cancel))
                    .Items.Single(p => p.Code == "hourly")
                    .DevicePrices.Select(p => $"{p.Key} {p.Value.Amount} {p.Value.Currency}"),
            ];
        Assert.Empty(await PricesAsync());
        UpdatePlanRequest request = new()
        {
            DevicePrices = new Dictionary<string, decimal> { ["gpu"] = 2.50005m, ["a100"] = 4.1m },
        };
        try
        {
            await owner.Client.UpdatePlanAsync("hourly", request, Cancel);
            Assert.Equal(["a100 4.1000 USD", "gpu 2.5000 USD"], await PricesAsync());
            await owner.Client.UpdatePlanAsync("hourly", new() { IncludedHours = 0 }, Cancel);
            Assert.Equal(2, (await PricesAsync()).Length);
            foreach (var (name, price) in ((string, decimal)[])[("gpu", -0.01m), ("gpu", 100_001), ("GPU", 1), ("", 1), (new('a', 33), 1)])
            {
                var refused = await Assert.ThrowsAsync<ApiException>(() =>
                    owner.Client.UpdatePlanAsync(
                        "hourly",
                        new() { DevicePrices = new Dictionary<string, decimal> { [name] = price } },
                        Cancel
                    )
                );
                Assert.Equal((HttpStatusCode.BadRequest, "malformed_request"), (refused.Status, refused.Problem.Code));
                Assert.Equal(["/devicePrices"], refused.Problem.Errors!.Keys);
            }
            Assert.Equal(["a100 4.1000 USD", "gpu 2.5000 USD"], await PricesAsync());
        }
        finally
        {
            await owner.Client.UpdatePlanAsync("hourly", new() { DevicePrices = new Dictionary<string, decimal>() }, Cancel);
        }
        Assert.Empty(await PricesAsync());
    }

    [Fact]
    public async Task Only_the_operator_changes_prices()
    {
        var owner = await _app.RegisterAsync();
        Assert.Equal(
            "not_allowed",
            (await Answers.RefusedAsync(() => owner.Client.UpdatePlanAsync("monthly", new() { Name = "Free" }, Cancel))).Code
        );
        await using var db = _app.SystemDatabase();
        await db.Users.Where(u => u.Email == owner.Email).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsOperator, true), Cancel);
        var plan = await owner.Client.UpdatePlanAsync("monthly", new() { Name = "Team, every month" }, Cancel);
        Assert.Equal(("Team, every month", "0.7000"), (plan.Name, plan.PricePerHour.Amount));
        Assert.Equal(
            "not_found",
            (await Answers.RefusedAsync(() => owner.Client.UpdatePlanAsync("nothing", new() { Name = "x" }, Cancel))).Code
        );
    }
}
