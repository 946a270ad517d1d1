using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Bunit;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Comments;
using GpuGeek.Contracts.Common;
using GpuGeek.Contracts.Datasets;
using GpuGeek.Contracts.Projects;
using GpuGeek.Contracts.Runs;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Contracts.Weights;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Datasets;
using GpuGeek.Web.Components.Pages.Runs;
using GpuGeek.Web.Components.Pages.Weights;
using GpuGeek.Web.Tests.Components.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components;

/// <summary>Work that failed because of too many interruptions: one click retries it.</summary>
public sealed class WorkThatBrokeOff : Screen
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;
    private static readonly ErrorInfo Crashed = new("import_crashed", "The import broke off", "It died twice.", null);
    private static readonly ImportResponse Import = new(
        Guid.Empty,
        Guid.Empty,
        "flowers.zip",
        1,
        "failed",
        0,
        0,
        0,
        [],
        Crashed,
        null,
        At,
        At,
        At,
        At.AddDays(7)
    );
    private static readonly WeightsResponse Weights = new(
        Guid.Empty,
        "flowers",
        "mine.pth",
        1,
        "failed",
        null,
        null,
        null,
        Crashed,
        null,
        At,
        At,
        At.AddDays(7)
    );
    private static readonly RunResponse Run = new(
        Guid.Empty,
        "Roses",
        "flowers",
        Guid.Empty,
        "shelf",
        1,
        false,
        "failed",
        5,
        null,
        0.4,
        null,
        SampleRecipes.Whole,
        null,
        null,
        null,
        Crashed,
        1,
        new("0", "USD"),
        9,
        At,
        At,
        At,
        At.AddDays(7)
    );

    private readonly Answers _answers = new();

    public WorkThatBrokeOff()
        : base("en") =>
        Services.AddScoped(_ => new GpuGeekClient(new HttpClient(_answers) { BaseAddress = new Uri("http://api.invalid/") }));

    [Fact]
    public void An_import_is_tried_again()
    {
        _answers.Add("POST", "/retry", Import with { State = "queued", Error = null, RetryUntil = null });
        var changed = 0;
        var panel = Render<ImportPanel>(p =>
            p.Add(i => i.Org, "acme").Add(i => i.Import, Import).Add(i => i.CanCancel, true).Add(i => i.Changed, () => changed++)
        );
        Assert.Equal("Try again", panel.Find("button.btn").TextContent);
        panel.Find("button.btn").Click();
        panel.WaitForAssertion(() => Assert.Equal(1, changed));
        Assert.Empty(
            Render<ImportPanel>(p =>
                    p.Add(i => i.Org, "acme").Add(i => i.Import, Import with { RetryUntil = null }).Add(i => i.CanCancel, true)
                )
                .FindAll(".card > .stack > .row button.btn")
        );
    }

    [Fact]
    public void A_weights_file_is_read_again()
    {
        _answers.Add("POST", "/retry", Weights with { State = "queued", Error = null, RetryUntil = null });
        var changed = 0;
        var card = Render<WeightsCard>(p =>
            p.Add(c => c.Org, "acme")
                .Add(c => c.Project, "flowers")
                .Add(c => c.File, Weights)
                .Add(c => c.MayEdit, true)
                .Add(c => c.Changed, () => changed++)
        );
        card.FindAll("button.btn").Single(b => b.TextContent == "Try again").Click();
        card.WaitForAssertion(() => Assert.Equal(1, changed));
    }

    [Fact]
    public async Task A_run_is_resumed_and_the_page_shows_it_waiting()
    {
        _answers.Add(
            "GET",
            "/me",
            new MeResponse(new(Guid.Empty, "ann@example.org", "Ann", false), [new("acme", "Acme", "editor")], false, false, false)
        );
        _answers.Add("GET", $"/runs/{Guid.Empty}", Run);
        _answers.Add(
            "GET",
            "/projects/flowers",
            new ProjectResponse(Guid.Empty, "flowers", "Flowers", "classification", At, 10, 1, 0, null, 0, At, [])
        );
        _answers.Add("GET", "/members", new Page<MemberResponse>([], null));
        _answers.Add("GET", "/comments", new Page<CommentResponse>([], null));
        var queued = Run with { State = "queued", Error = null, FinishedAt = null, ResumableUntil = null };
        _answers.Add("POST", "/resume", queued);
        await Services.GetRequiredService<Workspace>().LoadAsync(Xunit.TestContext.Current.CancellationToken);
        var page = Render<RunPage>(p => p.Add(r => r.Org, "acme").Add(r => r.Project, "flowers").Add(r => r.Run, Guid.Empty));
        page.WaitForAssertion(() => Assert.Contains("8 Jan 1970", page.Markup));
        page.FindAll("button.btn.primary").Single(b => b.TextContent == "Resume").Click();
        page.WaitForAssertion(() => Assert.DoesNotContain("Resume", page.Markup));
        Assert.Contains("Cancel run", page.Markup);
    }

    /// <summary>An API with a few fixed responses.</summary>
    private sealed class Answers : HttpMessageHandler
    {
        private readonly List<(string Method, string End, object Body)> _known = [];

        public void Add(string method, string end, object body) => _known.Add((method, end, body));

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = _known
                .FirstOrDefault(k =>
                    k.Method == request.Method.Method && request.RequestUri!.AbsolutePath.EndsWith(k.End, StringComparison.Ordinal)
                )
                .Body;
            return Task.FromResult(
                body is null
                    ? new HttpResponseMessage(HttpStatusCode.NotFound)
                    {
                        Content = JsonContent.Create(new { code = "not_found", title = "Not found" }),
                    }
                    : new(HttpStatusCode.OK) { Content = JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web) }
            );
        }
    }
}
