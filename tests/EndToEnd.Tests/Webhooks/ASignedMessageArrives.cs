using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using GpuGeek.EndToEnd.Tests.Processes;
using GpuGeek.EndToEnd.Tests.Support;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace GpuGeek.EndToEnd.Tests.Webhooks;

/// <summary>A person makes a webhook in the browser; the real processes share the key of its secret and send to a real receiver.</summary>
[Collection(ShapesScenarios.Name)]
public sealed class ASignedMessageArrives(ShapesPlatform shapes, Chromium chromium)
{
    private sealed record Message(string Id, string Timestamp, string Signature, string Body);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_test_button_and_from_an_import()
    {
        var messages = new ConcurrentQueue<Message>();
        await using var receiver = await ReceiverAsync(messages);
        var account = shapes.Account;
        await using var person = await chromium.SignedInAsync(shapes.Platform);
        var page = await person.NewPageAsync();
        var complaints = Complaints.Of(page);

        var secret = await MakeAsync(page, account.Org, receiver.Urls.First() + "/hook");
        await page.GetByRole(AriaRole.Link, new() { Name = receiver.Urls.First() + "/hook" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test" }).ClickAsync();
        await Expect(page.GetByTestId("deliveries").GetByText("delivered")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await page.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await Eventually.HoldsAsync(() => messages, sent => sent.Count >= 2);

        await account.ShapesAsync("Signed");
        await Eventually.HoldsAsync(() => messages, sent => sent.Count >= 4);
        var got = messages.ToArray();
        Assert.All(got, m => Assert.True(IsSigned(m, secret)));
        var types = got.Select(m => (string)JsonNode.Parse(m.Body)!["type"]!).ToList();
        Assert.Equal(["ping", "ping"], types[..2]);
        // The import and its job end together; their messages are sent in either order.
        Assert.Equal(["import.succeeded", "job.succeeded"], types[2..].Order());
        Assert.Equal((got[0].Id, got[0].Body), (got[1].Id, got[1].Body));
        complaints.AssertNone();
    }

    private static async Task<string> MakeAsync(IPage page, string org, string url)
    {
        await page.GotoAsync($"/{org}/webhooks");
        await page.GetByRole(AriaRole.Button, new() { Name = "New webhook" }).ClickAsync();
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Address").FillAsync(url);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create webhook" }).ClickAsync();
        var secret = await page.GetByTestId("secret").InnerTextAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Done" }).ClickAsync();
        await Expect(page.GetByTestId("secret")).ToHaveCountAsync(0);
        return secret;
    }

    // As the specification words it.
    private static bool IsSigned(Message message, string secret)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        return message.Signature
            == "v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes($"{message.Id}.{message.Timestamp}.{message.Body}")));
    }

    private static async Task<WebApplication> ReceiverAsync(ConcurrentQueue<Message> messages)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            messages.Enqueue(
                new(
                    context.Request.Headers["webhook-id"]!,
                    context.Request.Headers["webhook-timestamp"]!,
                    context.Request.Headers["webhook-signature"]!,
                    await reader.ReadToEndAsync(context.RequestAborted)
                )
            );
        });
        await app.StartAsync(Cancel);
        return app;
    }
}
