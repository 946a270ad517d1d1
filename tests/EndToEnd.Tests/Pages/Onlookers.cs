using System.Collections.Concurrent;
using GpuGeek.EndToEnd.Tests.Story;
using GpuGeek.EndToEnd.Tests.Support;
using Microsoft.Playwright;

namespace GpuGeek.EndToEnd.Tests.Pages;

/// <summary>One browser for each colour scheme, signed in or not, that goes from page to page as a person does.</summary>
public sealed class Onlookers : IAsyncLifetime
{
    private readonly ConcurrentDictionary<(ColorScheme Scheme, bool SignedIn), IBrowserContext> _people = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async Task<IBrowserContext> WithAsync(Chromium chromium, Told told, ColorScheme scheme, bool signedIn)
    {
        if (_people.TryGetValue((scheme, signedIn), out var known))
            return known;
        var address = told.Account.Platform.BaseAddress;
        return _people[(scheme, signedIn)] = await chromium.NewPersonAsync(address, signedIn ? told.Cookies : null, scheme);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in _people.Values)
            await person.CloseAsync();
    }
}
