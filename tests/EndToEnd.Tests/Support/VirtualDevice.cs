using System.Text.Json;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

/// <summary>A device with passkeys inside Chromium: it verifies its person immediately and keeps its keys while the page is
/// open.</summary>
internal static class VirtualDevice
{
    public static async Task PlugInAsync(IPage page)
    {
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        var added = await browser.SendAsync(
            "WebAuthn.addVirtualAuthenticator",
            new Dictionary<string, object>
            {
                ["options"] = new Dictionary<string, object>
                {
                    ["protocol"] = "ctap2",
                    ["transport"] = "internal",
                    ["hasResidentKey"] = true,
                    ["hasUserVerification"] = true,
                    ["isUserVerified"] = true,
                    ["automaticPresenceSimulation"] = true,
                },
            }
        );
        Assert.Equal(JsonValueKind.String, added!.Value.GetProperty("authenticatorId").ValueKind);
    }
}
