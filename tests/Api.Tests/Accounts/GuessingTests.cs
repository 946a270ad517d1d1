using System.Collections.Concurrent;
using System.Net.Http.Json;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Infrastructure.Accounts;
using GpuGeek.TestSupport;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OtpNet;

namespace GpuGeek.Api.Tests.Accounts;

/// <summary>A separate database: the clock of these tests moves, which would expire other tests' attempts.</summary>
public sealed class GuessedAt : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();

    internal CountingHasher Hasher { get; } = new();
    internal MovableClock Clock { get; } = new();
    public ApiApplication App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await _postgres.InitializeAsync();
        App = new(
            _postgres,
            change: services =>
                services
                    .Replace(ServiceDescriptor.Singleton<IPasswordHasher<ApplicationUser>>(Hasher))
                    .Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock))
        );
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

/// <summary>Attackers who guess from many addresses at once. Before attempts were counted ahead of their evaluation, 397 of 400 were
/// evaluated.</summary>
public sealed class GuessersAtOnce(GuessedAt guessed) : IClassFixture<GuessedAt>
{
    private readonly CountingHasher _hasher = guessed.Hasher;
    private readonly MovableClock _clock = guessed.Clock;
    private readonly ApiApplication _app = guessed.App;

    private static CancellationToken Cancel => ApiApplication.Cancel;

    private HttpClient From(string address)
    {
        var http = _app.HttpWith(null);
        http.DefaultRequestHeaders.Remove("X-GpuGeek-Client");
        http.DefaultRequestHeaders.Add("X-GpuGeek-Client", address);
        return http;
    }

    private async Task<string> CodeAsync(string address, object request)
    {
        using var http = From(address);
        using var answer = await http.PostAsJsonAsync("/api/v1/account/sign-in", request, Cancel);
        return answer.IsSuccessStatusCode ? "in" : (await answer.Content.ReadFromJsonAsync<ApiProblem>(GpuGeekClient.Json, Cancel))!.Code!;
    }

    /// <summary>Each from a separate network.</summary>
    private async Task<Dictionary<string, int>> FloodAsync(int count, Func<int, object> request, int first = 0)
    {
        var codes = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = 60, CancellationToken = Cancel },
            async (i, _) => codes.Add(await CodeAsync($"198.{18 + (i / 250)}.{i % 250}.1", request(i)))
        );
        return codes.CountBy(c => c).ToDictionary();
    }

    private static object Wrong(string email, int i) => new { email, password = $"a wrong long phrase {i}" };

    [Fact]
    public async Task Have_thirty_passwords_evaluated_and_the_owner_signs_in_meanwhile()
    {
        var owner = await _app.RegisterAsync();
        var first = await new GpuGeekClient(From("192.0.2.1")).SignInAsync(
            new() { Email = owner.Email, Password = owner.Password },
            Cancel
        );
        var before = _hasher.Verified;
        var flood = FloodAsync(400, i => Wrong(owner.Email, i));
        Assert.Equal(30, (await flood)["wrong_credentials"]);
        Assert.Equal((30, 370), (_hasher.Verified - before, (await flood)["locked_out"]));
        // From an unknown device even the correct password is refused; the owner's device has its own limit, from any address.
        Assert.Equal("locked_out", await CodeAsync("203.0.113.5", new { email = owner.Email, password = owner.Password }));
        var flooded = FloodAsync(60, i => Wrong(owner.Email, i), first: 400);
        var again = await new GpuGeekClient(From("198.18.0.1")).SignInAsync(
            new()
            {
                Email = owner.Email,
                Password = owner.Password,
                Device = first.Device,
            },
            Cancel
        );
        Assert.Equal(60, (await flooded)["locked_out"]);
        Assert.Equal(owner.Email, again.User.Email);
        await new GpuGeekClient(From("192.0.2.1")).SignInAsync(
            new()
            {
                Email = owner.Email,
                Password = owner.Password,
                Device = again.Device,
            },
            Cancel
        );
    }

    [Fact]
    public async Task Have_ten_codes_evaluated_from_a_known_device_too()
    {
        var owner = await _app.RegisterAsync();
        var device = (
            await new GpuGeekClient(From("192.0.2.2")).SignInAsync(new() { Email = owner.Email, Password = owner.Password }, Cancel)
        ).Device;
        var app = new Totp(Base32Encoding.ToBytes((await owner.Client.BeginSecondFactorAsync(Cancel)).Secret));
        await owner.Client.ConfirmSecondFactorAsync(
            new() { Code = app.ComputeTotp(_clock.GetUtcNow().UtcDateTime.AddSeconds(-30)) },
            Cancel
        );
        var codes = await FloodAsync(
            240,
            i => new
            {
                email = owner.Email,
                password = owner.Password,
                code = $"x{i:00000}",
                device,
            }
        );
        // The device's own limit of sign-ins per minute blocks most of them before.
        Assert.InRange(codes.GetValueOrDefault("wrong_code"), 1, 10);
        Assert.Equal(240, codes.Values.Sum());
        Assert.DoesNotContain("in", codes.Keys);
        var strangers = await FloodAsync(
            240,
            i => new
            {
                email = owner.Email,
                password = owner.Password,
                code = $"y{i:00000}",
            },
            first: 300
        );
        Assert.Equal(10, codes.GetValueOrDefault("wrong_code") + strangers.GetValueOrDefault("wrong_code"));
        Assert.Equal(
            "locked_out",
            await CodeAsync(
                "192.0.2.77",
                new
                {
                    email = owner.Email,
                    password = owner.Password,
                    code = app.ComputeTotp(_clock.GetUtcNow().UtcDateTime),
                }
            )
        );
        _clock.Now += TimeSpan.FromMinutes(61);
        Assert.Equal(
            "in",
            await CodeAsync(
                "192.0.2.77",
                new
                {
                    email = owner.Email,
                    password = owner.Password,
                    code = app.ComputeTotp(_clock.GetUtcNow().UtcDateTime),
                }
            )
        );
    }

    [Fact]
    public async Task Have_five_minutes_for_the_second_step()
    {
        var owner = await _app.RegisterAsync();
        var app = new Totp(Base32Encoding.ToBytes((await owner.Client.BeginSecondFactorAsync(Cancel)).Secret));
        await owner.Client.ConfirmSecondFactorAsync(
            new() { Code = app.ComputeTotp(_clock.GetUtcNow().UtcDateTime.AddSeconds(-30)) },
            Cancel
        );
        var first = await Assert.ThrowsAsync<ApiException>(() =>
            new GpuGeekClient(From("192.0.2.6")).SignInAsync(new() { Email = owner.Email, Password = owner.Password }, Cancel)
        );
        object Step() => new { challenge = first.Problem.Challenge, code = app.ComputeTotp(_clock.GetUtcNow().UtcDateTime) };
        _clock.Now += TimeSpan.FromSeconds(299);
        Assert.Equal("in", await CodeAsync("192.0.2.6", Step()));
        _clock.Now += TimeSpan.FromSeconds(2);
        Assert.Equal("challenge_invalid", await CodeAsync("192.0.2.6", Step()));
    }

    [Fact]
    public async Task Are_answered_alike_for_an_account_that_does_not_exist()
    {
        var owner = await _app.RegisterAsync();
        var unknown = $"nobody{Planted.NewId():N}@example.org";
        for (var i = 0; i < 10; i++)
        {
            var answers = new List<string>();
            foreach (var (email, address) in ((string, string)[])[(owner.Email, "192.0.2.3"), (unknown, "192.0.2.4")])
            {
                using var answer = await From(address).PostAsJsonAsync("/api/v1/account/sign-in", Wrong(email, i), Cancel);
                var headers = answer
                    .Headers.Where(h => !h.Key.Equals("X-Request-Id", StringComparison.OrdinalIgnoreCase))
                    .Select(h => $"{h.Key}: {string.Join(',', h.Value)}");
                answers.Add($"{(int)answer.StatusCode} {string.Join(' ', headers)} {await answer.WithoutRequestIdAsync()}");
            }
            Assert.Equal(answers[0], answers[1]);
            Assert.Contains(i < 8 ? "wrong_credentials" : "locked_out", answers[0], StringComparison.Ordinal);
        }
        var before = _hasher.Verified;
        Assert.Equal(22, (await FloodAsync(60, i => Wrong(unknown, i), first: 600))["wrong_credentials"]);
        Assert.Equal(22, _hasher.Verified - before);
    }

    [Fact]
    public async Task Are_one_guesser_within_a_64_of_IPv6_and_start_again_when_the_window_ends()
    {
        var owner = await _app.RegisterAsync();
        for (var i = 0; i < 8; i++)
            Assert.Equal("wrong_credentials", await CodeAsync($"2001:db8:7:7::{i + 1:x}", Wrong(owner.Email, i)));
        Assert.Equal("locked_out", await CodeAsync("2001:db8:7:7:ffff::1", Wrong(owner.Email, 8)));
        Assert.Equal("wrong_credentials", await CodeAsync("2001:db8:7:8::1", Wrong(owner.Email, 9)));
        _clock.Now += TimeSpan.FromMinutes(6);
        Assert.Equal("in", await CodeAsync("2001:db8:7:7::1", new { email = owner.Email, password = owner.Password }));
    }

    [Fact]
    public async Task Cannot_use_another_persons_device_or_one_of_before_the_password_changed()
    {
        var (owner, other) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        var theirs = (
            await new GpuGeekClient(From("192.0.2.9")).SignInAsync(new() { Email = other.Email, Password = other.Password }, Cancel)
        ).Device;
        var own = (
            await new GpuGeekClient(From("192.0.2.8")).SignInAsync(
                new()
                {
                    Email = owner.Email,
                    Password = owner.Password,
                    Device = theirs,
                },
                Cancel
            )
        ).Device;
        await FloodAsync(40, i => Wrong(owner.Email, i), first: 700);
        var attempt = new SignInRequest { Email = owner.Email, Password = owner.Password };
        foreach (var device in (string?[])[theirs, own![..^2], "x", null])
            Assert.Equal("locked_out", await CodeAsync("192.0.2.10", attempt with { Device = device }));
        // Several people may use one browser.
        Assert.Equal("in", await CodeAsync("192.0.2.10", attempt with { Device = own }));
        Assert.Equal(
            "in",
            await CodeAsync(
                "192.0.2.10",
                new SignInRequest
                {
                    Email = other.Email,
                    Password = other.Password,
                    Device = own,
                }
            )
        );
        await owner.Client.ChangePasswordAsync(new() { CurrentPassword = owner.Password, NewPassword = "another long phrase" }, Cancel);
        Assert.Equal(
            "locked_out",
            await CodeAsync(
                "192.0.2.10",
                new SignInRequest
                {
                    Email = owner.Email,
                    Password = "another long phrase",
                    Device = own,
                }
            )
        );
    }

    [Fact]
    public async Task Of_a_stolen_session_have_eight_passwords_evaluated()
    {
        var owner = await _app.RegisterAsync();
        var before = _hasher.Verified;
        Func<Task>[] checks =
        [
            () =>
                owner.Client.ChangePasswordAsync(
                    new() { CurrentPassword = "a wrong long phrase", NewPassword = "another long phrase" },
                    Cancel
                ),
            () => owner.Client.RemoveSecondFactorAsync(new() { Password = "a wrong long phrase" }, Cancel),
        ];
        var codes = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i => (await Answers.RefusedAsync(checks[i % 2])).Code));
        Assert.Equal((8, 16), (codes.Count(c => c == "wrong_password"), codes.Count(c => c == "locked_out")));
        Assert.Equal(8, _hasher.Verified - before);
    }

    [Fact]
    public async Task Leave_neither_names_nor_rows_without_end()
    {
        var counter = new AttemptCounter(
            _app.Contexts,
            Microsoft.Extensions.Options.Options.Create(new Infrastructure.Security.KeyFolderOptions()),
            _clock
        )
        {
            Bound = 25,
        };
        var account = $"someone{Planted.NewId():N}@example.org".ToUpperInvariant();
        AttemptLimit Of(string email, bool known) => new("account", [email], 1, TimeSpan.FromMinutes(1), known, Clears: false);
        await counter.CountAsync([Of(account, true)], Cancel);
        for (var i = 0; i < 60; i++)
        {
            await counter.CountAsync([Of($"{i}{account}", false)], Cancel);
            await counter.TidyAsync(Cancel);
        }
        await using var db = _app.SystemDatabase();
        Assert.InRange(await db.AttemptBuckets.CountAsync(b => !b.IsKnown, Cancel), 1, 25);
        // The account's bucket is not evicted: it refuses the second attempt.
        Assert.NotNull(await counter.CountAsync([Of(account, true)], Cancel));
        _clock.Now += TimeSpan.FromMinutes(2);
        await counter.TidyAsync(Cancel);
        Assert.Equal(0, await db.AttemptBuckets.CountAsync(b => b.EndsAt <= _clock.GetUtcNow(), Cancel));
        Assert.All(await db.AttemptBuckets.Select(b => b.Key.Length).ToListAsync(Cancel), length => Assert.Equal(32, length));
    }
}

/// <summary>Counts evaluations, and is fast.</summary>
internal sealed class CountingHasher()
    : PasswordHasher<ApplicationUser>(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = 100 }))
{
    private int _verified;

    public int Verified => _verified;

    public override PasswordVerificationResult VerifyHashedPassword(ApplicationUser user, string hashedPassword, string providedPassword)
    {
        Interlocked.Increment(ref _verified);
        return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
    }
}

/// <summary>Stands still until it is moved.</summary>
internal sealed class MovableClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Now;
}
