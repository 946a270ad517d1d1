using Bunit;
using GpuGeek.Contracts.Billing;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Billing;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Billing;

public sealed class TheFormOfAPlan() : Screen("en")
{
    private const string Update = "PATCH plans/hourly";
    private static readonly MoneyResponse Price = new("0.9000", "USD");

    private static readonly PlanResponse Plan = new(
        "hourly",
        "Hourly",
        "hourly",
        Price,
        Price,
        0,
        false,
        1,
        1,
        1,
        1,
        1,
        1,
        1,
        new Dictionary<string, MoneyResponse> { ["gpu"] = new("2.5000", "USD"), ["a100"] = new("4.1000", "USD") }
    );

    private readonly FakeApi _api = new();

    private async Task<IRenderedComponent<PlanForm>> OpenAsync()
    {
        _api.Person("owner", isOperator: true).Answer(Update, Plan);
        Services.AddScoped(_ => _api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        return Render<PlanForm>(p => p.Add(f => f.Plan, Plan));
    }

    [Fact]
    public async Task Sends_the_prices_of_devices_as_they_stand_in_the_lines()
    {
        var form = await OpenAsync();
        Assert.Equal("a100 4.1000\ngpu 2.5000", form.Find("#plan-devices").GetAttribute("value"));
        await form.Find("#plan-devices").ChangeAsync("gpu 3\nl4 1.25");
        await form.Find("form").SubmitAsync();
        Assert.Contains("\"devicePrices\":{\"gpu\":3,\"l4\":1.25}", _api.Sent(Update), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_a_line_cannot_be_read_and_sends_nothing()
    {
        var form = await OpenAsync();
        await form.Find("#plan-devices").ChangeAsync("gpu three");
        await form.Find("form").SubmitAsync();
        Assert.Contains("Each line must have a class of device", form.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain(Update, _api.Calls);
    }
}
