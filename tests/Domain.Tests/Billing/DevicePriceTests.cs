using GpuGeek.Domain.Billing;
using GpuGeek.Domain.Devices;

namespace GpuGeek.Domain.Tests.Billing;

public sealed class ThePriceOfADevice
{
    private static readonly SlotDevice Gpu = new(DeviceClass.Gpu, "GPU-0"),
        A100 = new(DeviceClass.Gpu, "GPU-0", "a100"),
        Xeon = new(DeviceClass.Cpu, "cpu", "xeon");

    private static decimal[] On(params (string Class, decimal Price)[] prices)
    {
        var plan = new Plan
        {
            Code = "x",
            Name = "X",
            Kind = PlanKind.Hourly,
            Currency = "USD",
            PricePerHour = 0.9m,
            DevicePrices = prices.ToDictionary(p => p.Class, p => p.Price),
            MonthlyFee = 0,
            IncludedHours = 0,
            StopsAtIncludedHours = false,
            MaxStorageBytes = 1,
            MaxImages = 1,
            MaxProjects = 1,
            MaxConcurrentRuns = 1,
            MaxDeployments = 1,
            MaxConcurrentPredictions = 1,
            MaxShareLinks = 1,
        };
        return [.. ((SlotDevice[])[SlotDevice.Processor, Xeon, Gpu, A100]).Select(plan.PriceOn)];
    }

    [Fact]
    public void Is_that_of_an_hour_where_no_class_has_its_own() => Assert.Equal([0.9m, 0.9m, 0.9m, 0.9m], On());

    [Fact]
    public void Is_that_of_its_kind_before_that_of_an_hour() => Assert.Equal([0.1m, 0.1m, 2.5m, 2.5m], On(("gpu", 2.5m), ("cpu", 0.1m)));

    [Fact]
    public void Is_that_of_its_name_before_all_others() =>
        Assert.Equal([0.9m, 0, 2.5m, 4.1m], On(("gpu", 2.5m), ("a100", 4.1m), ("xeon", 0)));
}
