using GpuGeek.Domain.Billing;

namespace GpuGeek.Domain.Tests.Billing;

public sealed class ChargingForTime
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static UsageInterval Kept(double seconds, decimal price) =>
        new()
        {
            OrgId = Guid.Empty,
            Id = Guid.Empty,
            RunId = Guid.Empty,
            RunName = "run",
            Fence = 1,
            Slot = "host/0",
            StartedAt = Start,
            KeptUntil = Start.AddSeconds(seconds),
            EndedAt = Start.AddHours(9),
            PricePerHour = price,
            Currency = "USD",
        };

    [Fact]
    public void Only_what_was_kept_is_charged_however_long_the_slot_was_held() => Assert.Equal(0.9m, Kept(3600, 0.90m).Cost);

    [Fact]
    public void Nothing_kept_costs_nothing() => Assert.Equal(0m, Kept(0, 0.90m).Cost);

    [Fact]
    public void Halves_round_to_even() =>
        Assert.Equal([0.0002m, 0.0002m, 0.0004m], new[] { 0.6, 1.0, 1.4 }.Select(s => Kept(s, 0.90m).Cost));
}
