using Bunit;
using GpuGeek.Contracts.Client;
using GpuGeek.Web.Components.Pages.Comments;
using GpuGeek.Web.Components.Pages.Tenants;
using GpuGeek.Web.Components.Pages.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components;

/// <summary>
/// Before, a submit button was disabled until the server had received the text, so Enter did nothing after a quick paste. Now missing
/// fields are reported after a submit.
/// </summary>
public sealed class AForm : Screen
{
    private readonly Recorder _api = new();

    public AForm()
        : base("en") =>
        Services.AddScoped(_ => new GpuGeekClient(new HttpClient(_api) { BaseAddress = new Uri("http://api.invalid/") }, "gg_s_somebody"));

    [Fact]
    public void For_a_key_can_always_be_sent_and_says_what_is_missing()
    {
        var form = Render<KeyForm>(p => p.Add(f => f.Org, "acme"));
        Assert.False(form.Find("button[type=submit]").HasAttribute("disabled"));
        form.Find("form").Submit();
        Assert.Contains("Enter a name.", form.Find(".field .error").TextContent);
        form.Find("#key-name").Input("camera");
        form.FindAll("input[type=checkbox]").First(c => c.HasAttribute("checked")).Change(false);
        form.Find("form").Submit();
        Assert.Contains("Choose at least one scope.", form.Markup);
        Assert.Empty(_api.Keys);
    }

    [Fact]
    public void For_a_webhook_says_what_is_missing()
    {
        var form = Render<WebhookForm>(p => p.Add(f => f.Org, "acme"));
        // Found again each time: every selection renders the form again.
        while (form.FindAll("input[type=checkbox][checked]") is [var box, ..])
            box.Change(false);
        form.Find("form").Submit();
        Assert.Contains("Enter an address.", form.Markup);
        Assert.Contains("Choose at least one event.", form.Markup);
        Assert.Empty(_api.Keys);
    }

    [Fact]
    public void For_an_organisation_says_what_is_missing_and_sends_a_second_try_under_the_same_key()
    {
        var form = Render<NewOrganizationPage>();
        form.Find("form").Submit();
        Assert.Contains("Enter a name.", form.Find(".field .error").TextContent);
        Assert.Empty(_api.Keys);
        form.Find("#organization-name").Input("Acme");
        form.Find("form").Submit();
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Equal(2, _api.Keys.Count));
        Assert.Single(_api.Keys.Distinct());
        form.Find("#organization-name").Input("Acme 2");
        form.Find("form").Submit();
        form.WaitForAssertion(() => Assert.Equal(2, _api.Keys.Distinct().Count()));
    }

    [Fact]
    public void For_a_comment_says_that_a_blank_one_is_none()
    {
        var form = Render<CommentForm>(p => p.Add(f => f.Members, []).Add(f => f.Send, _ => Task.CompletedTask));
        Assert.False(form.Find("button[type=submit]").HasAttribute("disabled"));
        form.Find("textarea").Input("  ");
        form.Find("form").Submit();
        Assert.Contains("Enter a comment.", form.Markup);
    }

    /// <summary>Is not available; records the keys of the create requests.</summary>
    private sealed class Recorder : HttpMessageHandler
    {
        public List<string> Keys { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
                Keys.Add(request.Headers.GetValues("Idempotency-Key").Single());
            throw new HttpRequestException("No such host.");
        }
    }
}
