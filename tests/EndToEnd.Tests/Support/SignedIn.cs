using GpuGeek.TestSupport.Platform;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Support;

internal static class SignedIn
{
    /// <summary>A browser in which <see cref="Account"/> has signed in by the form.</summary>
    public static async Task<IBrowserContext> SignedInAsync(this Chromium chromium, RunningPlatform platform)
    {
        var person = await chromium.NewPersonAsync(platform.BaseAddress);
        var page = await person.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.GetByLabel("Email").FillAsync(Account.Email);
        await page.GetByLabel("Password").FillAsync(Account.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.Contains("/sign-in", StringComparison.Ordinal));
        await page.CloseAsync();
        return person;
    }
}
