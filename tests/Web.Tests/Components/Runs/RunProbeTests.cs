using System.Net;
using Bunit;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Jobs;
using GpuGeek.Contracts.Runs;
using GpuGeek.Web.Components.Pages.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Runs;

public sealed class TheProbeUnderTheForm : Screen
{
    private const string Start = "POST orgs/acme/runs/probe",
        Get = "GET orgs/acme/jobs/00000000-0000-0000-0000-000000000017";
    private static readonly Guid Id = Guid.Parse("00000000-0000-0000-0000-000000000017");
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly FakeApi _api = new();

    public TheProbeUnderTheForm()
        : base("en")
    {
        _api.Person("editor").Answer(Start, Job("queued"));
        Services.AddScoped(_ => _api.Client());
    }

    private static JobResponse Job(string state, RunEstimateResponse? estimate = null, ErrorInfo? error = null) =>
        new(Id, "probe", "flowers v1", "flowers", null, state, 0, false, error, Then, Then, state == "queued" ? null : Then, null)
        {
            Estimate = estimate,
        };

    private static readonly CreateRunRequest Request = new()
    {
        Project = "flowers",
        DatasetVersion = Guid.Empty,
        Recipe = new() { Preset = "balanced" },
    };

    private IRenderedComponent<RunProbe> Open(CreateRunRequest? request) =>
        Render<RunProbe>(p => p.Add(v => v.Org, "acme").Add(v => v.Request, request).Add(v => v.Asked, "this"));

    [Fact]
    public void Says_how_long_and_how_much_memory()
    {
        _api.Answer(Get, Job("succeeded", new(48.25, 200, 180, 260, 2_100_000_000, 25_000_000_000)));
        var probe = Open(Request);
        probe.Find("button").Click();
        probe.WaitForElement("[data-testid=estimate]");
        Assert.Equal("About 3 min 20 s (3 min to 4 min 20 s)", probe.Find("[data-testid=estimate] b").TextContent.Replace('\u00a0', ' '));
        var rest = probe.Find("[data-testid=estimate] .muted").TextContent.Replace('\u00a0', ' ');
        Assert.StartsWith("48.3 pictures a second, 2.1 GB of memory of the 25.0 GB that the worker has.", rest, StringComparison.Ordinal);
        Assert.Contains("\"preset\":\"balanced\"", _api.Sent(Start), StringComparison.Ordinal);
    }

    [Fact]
    public void Forgets_the_answer_when_the_form_asks_for_something_else()
    {
        _api.Answer(Get, Job("succeeded", new(48, 200, 180, 260, 2_000_000_000, null)));
        var probe = Open(Request);
        probe.Find("button").Click();
        probe.WaitForElement("[data-testid=estimate]");
        probe.Render(p => p.Add(v => v.Asked, "something else"));
        Assert.Empty(probe.FindAll("[data-testid=estimate]"));
    }

    [Fact]
    public void Says_why_a_run_would_not_fit_and_what_to_lower()
    {
        var error = new ErrorInfo(
            "memory_too_small",
            "The training does not fit into memory",
            "It needs 90 GB.",
            "Set data.microBatch to 4."
        );
        _api.Answer(Get, Job("failed", error: error));
        var probe = Open(Request);
        probe.Find("button").Click();
        probe.WaitForState(() => probe.Markup.Contains("data.microBatch to 4", StringComparison.Ordinal));
        Assert.Contains("It needs 90 GB.", probe.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Shows_a_refusal_and_waits_for_a_version()
    {
        _api.Refuse(Start, HttpStatusCode.Conflict, "too_many_probes", "5 probes wait already.");
        var probe = Open(Request);
        probe.Find("button").Click();
        probe.WaitForState(() => probe.Markup.Contains("5 probes wait already.", StringComparison.Ordinal));
        Assert.True(Open(request: null).Find("button").HasAttribute("disabled"));
    }
}
