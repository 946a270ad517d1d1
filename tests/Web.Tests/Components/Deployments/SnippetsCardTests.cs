using System.Text.Json;
using Bunit;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Tenants;
using GpuGeek.Web.Clients;
using GpuGeek.Web.Components.Pages.Deployments;
using Microsoft.Extensions.DependencyInjection;

namespace GpuGeek.Web.Tests.Components.Deployments;

/// <summary>Before, the button created a key named "predict" that never expired, below the visible part of the page.</summary>
public sealed class AKeyMadeByOneClick() : Screen("en")
{
    [Fact]
    public async Task May_only_predict_expires_bears_the_deployments_name_and_comes_into_view()
    {
        var expires = TimeProvider.System.GetUtcNow().AddDays(90);
        var api = new FakeApi()
            .Person("admin")
            .Answer(
                "POST orgs/acme/keys",
                new CreatedKeyResponse(Guid.Empty, "flowers", "gg_k_abc", "gg_k_a", ["predict"], expires, expires)
            );
        Services.AddScoped(_ => api.Client());
        await Services.GetRequiredService<Workspace>().LoadAsync(Cancel);
        var card = Render<SnippetsCard>(p => p.Add(c => c.Org, "acme").Add(c => c.Name, "flowers").Add(c => c.Url, "http://x/predict"));
        Assert.Contains("can only request predictions and expires in 90 days", card.Markup, StringComparison.Ordinal);

        await card.FindAll("button").Single(b => b.TextContent.Contains("Create a key", StringComparison.Ordinal)).ClickAsync(new());

        var asked = JsonSerializer.Deserialize<CreateKeyRequest>(api.Sent("POST orgs/acme/keys"), GpuGeekClient.Json)!;
        Assert.Equal(("flowers", "predict"), (asked.Name, Assert.Single(asked.Scopes)));
        Assert.InRange((asked.ExpiresAt!.Value - expires).TotalHours, -1, 1);
        var shown = card.Find("#new-key");
        Assert.Contains("export GPUGEEK_KEY=gg_k_abc", shown.TextContent, StringComparison.Ordinal);
        Assert.Contains("It expires on", shown.TextContent, StringComparison.Ordinal);
        Assert.Single(shown.QuerySelectorAll("button"));
        Assert.Contains(JSInterop.Invocations, i => i.Identifier == "focus" && Equals(i.Arguments[0], "#new-key"));
    }
}
