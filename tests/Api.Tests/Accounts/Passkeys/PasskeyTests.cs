using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace GpuGeek.Api.Tests.Accounts.Passkeys;

public sealed class APasskey(NamedApplication named) : IClassFixture<NamedApplication>
{
    private readonly ApiApplication _app = named.App;
    private readonly string _browser = Guid.CreateVersion7(Planted.Now).ToString();
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private GpuGeekClient Nobody => new(_app.HttpWith(null));

    private static async Task<PasskeyResponse> AddAsync(TenantSession session, SoftDevice device, string name = "Ann's telephone")
    {
        var begun = await session.Client.BeginPasskeyAsync(new(), Cancel);
        return await session.Client.AddPasskeyAsync(
            new()
            {
                Challenge = begun.Id,
                Credential = device.Create(begun.Options),
                Name = name,
            },
            Cancel
        );
    }

    private async Task<SessionResponse> SignInAsync(SoftDevice device)
    {
        var begun = await Nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel);
        return await Nobody.SignInByPasskeyAsync(
            new()
            {
                Challenge = begun.Id,
                Browser = _browser,
                Credential = device.Get(begun.Options),
            },
            Cancel
        );
    }

    private async Task AssertRefusedAsync(SoftDevice device) =>
        Assert.Equal((HttpStatusCode.Unauthorized, "passkey_refused"), Of(await Answers.RefusedAsync(() => SignInAsync(device))));

    private static (HttpStatusCode, string?) Of((HttpStatusCode Status, string? Code, string Detail) refused) =>
        (refused.Status, refused.Code);

    [Fact]
    public async Task Signs_in_again_and_again_and_is_listed_with_its_last_use()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice();
        var added = await AddAsync(session, device);
        Assert.Null(added.LastUsedAt);
        for (var i = 0; i < 2; i++)
        {
            var again = await SignInAsync(device);
            Assert.Equal((session.Email, session.Org), (again.User.Email, again.Organizations[0].Slug));
            Assert.Equal(session.Email, (await new GpuGeekClient(_app.HttpWith(again.Token)).GetMeAsync(Cancel)).User.Email);
        }
        var listed = Assert.Single((await session.Client.ListPasskeysAsync(Cancel)).Items);
        Assert.Equal("Ann's telephone", listed.Name);
        Assert.NotNull(listed.LastUsedAt);
        Assert.Equal(
            ["signed_in", "signed_in", "passkey_added", "registered"],
            (await session.Client.ListAccountEventsAsync(ct: Cancel)).Items.Select(e => e.Kind)
        );
    }

    [Fact]
    public async Task Is_both_factors()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice();
        await AddAsync(session, device);
        var factor = await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.ConfirmSecondFactorAsync(
            new() { Code = new Totp(Base32Encoding.ToBytes(factor.Secret)).ComputeTotp(Planted.Now.UtcDateTime) },
            Cancel
        );
        Assert.Equal(
            "second_factor_needed",
            (
                await Answers.RefusedAsync(() => Nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel))
            ).Code
        );
        Assert.Equal(session.Email, (await SignInAsync(device)).User.Email);
    }

    [Fact]
    public async Task That_has_not_recognised_its_person_is_refused()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice { HasVerified = false };
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "passkey_refused"),
            Of(await Answers.RefusedAsync(() => AddAsync(session, device)))
        );
        device.HasVerified = true;
        await AddAsync(session, device);
        device.HasVerified = false;
        await AssertRefusedAsync(device);
        Assert.Equal(
            "passkey",
            (await session.Client.ListAccountEventsAsync(limit: 1, ct: Cancel)).Items.Single(e => e.Kind == "sign_in_failed").Detail
        );
    }

    [Theory]
    [InlineData("https://evil.example.com")]
    [InlineData("http://gpugeek.test")]
    [InlineData("https://gpugeek.test:8443")]
    [InlineData("https://gpugeek.test.evil.example.com")]
    [InlineData("http://localhost")]
    [InlineData("null")]
    public async Task Of_another_origin_is_refused_whatever_host_the_request_names(string origin)
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice { Origin = origin };
        session.Http.DefaultRequestHeaders.Host = Uri.TryCreate(origin, UriKind.Absolute, out var named) ? named.Authority : null;
        Assert.Equal("passkey_refused", (await Answers.RefusedAsync(() => AddAsync(session, device))).Code);
        device.Origin = "https://gpugeek.test";
        await AddAsync(session, device);
        device.Origin = origin;
        await AssertRefusedAsync(device);
    }

    [Fact]
    public async Task Answers_a_challenge_once()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice();
        var first = await session.Client.BeginPasskeyAsync(new(), Cancel);
        var add = new AddPasskeyRequest
        {
            Challenge = first.Id,
            Credential = device.Create(first.Options),
            Name = "one",
        };
        await session.Client.AddPasskeyAsync(add, Cancel);
        Assert.Equal("passkey_refused", (await Answers.RefusedAsync(() => session.Client.AddPasskeyAsync(add, Cancel))).Code);
        var begun = await Nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel);
        var answer = new PasskeySignInRequest
        {
            Challenge = begun.Id,
            Browser = _browser,
            Credential = device.Get(begun.Options),
        };
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(async _ => await Record.ExceptionAsync(() => Nobody.SignInByPasskeyAsync(answer, Cancel)))
        );
        Assert.Equal(7, outcomes.OfType<ApiException>().Count(e => e.Problem.Code == "passkey_refused"));
        Assert.Single(outcomes, o => o is null);
    }

    [Fact]
    public async Task Answers_the_browser_and_the_session_that_asked()
    {
        var (session, other) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        using var device = new SoftDevice();
        var begun = await session.Client.BeginPasskeyAsync(new(), Cancel);
        var stolen = new AddPasskeyRequest
        {
            Challenge = begun.Id,
            Credential = device.Create(begun.Options),
            Name = "stolen",
        };
        Assert.Equal("passkey_refused", (await Answers.RefusedAsync(() => other.Client.AddPasskeyAsync(stolen, Cancel))).Code);
        var second = await Nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel);
        Assert.Equal(
            "passkey_refused",
            (await Answers.RefusedAsync(() => new GpuGeekClient(_app.HttpWith(second.Token)).AddPasskeyAsync(stolen, Cancel))).Code
        );
        await session.Client.AddPasskeyAsync(stolen, Cancel);

        var asked = await Nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel);
        var answer = new PasskeySignInRequest
        {
            Challenge = asked.Id,
            Browser = _browser + "x",
            Credential = device.Get(asked.Options),
        };
        Assert.Equal("passkey_refused", (await Answers.RefusedAsync(() => Nobody.SignInByPasskeyAsync(answer, Cancel))).Code);
        await Nobody.SignInByPasskeyAsync(answer with { Browser = _browser }, Cancel);
    }

    [Fact]
    public async Task Too_late_is_refused()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice();
        await AddAsync(session, device);
        var asked = await Nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel);
        await using (var db = _app.SystemDatabase())
            await db
                .PasskeyChallenges.Where(c => c.Id == asked.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.ExpiresAt, Planted.Now.AddSeconds(-1)), Cancel);
        Assert.Equal(
            "passkey_refused",
            (
                await Answers.RefusedAsync(() =>
                    Nobody.SignInByPasskeyAsync(
                        new()
                        {
                            Challenge = asked.Id,
                            Browser = _browser,
                            Credential = device.Get(asked.Options),
                        },
                        Cancel
                    )
                )
            ).Code
        );
    }

    [Fact]
    public async Task Removed_signs_nobody_in_and_is_nobody_elses_to_remove()
    {
        var (session, other) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        using var device = new SoftDevice();
        var passkey = await AddAsync(session, device);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => other.Client.RemovePasskeyAsync(passkey.Id, Cancel))).Status
        );
        await SignInAsync(device);
        await session.Client.RemovePasskeyAsync(passkey.Id, Cancel);
        await AssertRefusedAsync(device);
        Assert.Empty((await session.Client.ListPasskeysAsync(Cancel)).Items);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Answers.RefusedAsync(() => session.Client.RemovePasskeyAsync(passkey.Id, Cancel))).Status
        );
    }

    [Fact]
    public async Task Of_one_account_signs_in_to_no_other()
    {
        var (ann, bob) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        using var hers = new SoftDevice();
        using var his = new SoftDevice();
        await AddAsync(ann, hers);
        await AddAsync(bob, his);
        // The one's key under the other's name, and the one's credential with the other's key.
        (his.Person, hers.Person) = (hers.Person, his.Person);
        await AssertRefusedAsync(his);
        (his.Person, hers.Person) = (hers.Person, his.Person);
        using var copied = new SoftDevice { Id = hers.Id, Person = hers.Person };
        await AssertRefusedAsync(copied);
        Assert.Equal("passkey_refused", (await Answers.RefusedAsync(() => AddAsync(bob, copied))).Code);
        Assert.Equal(ann.Email, (await SignInAsync(hers)).User.Email);
    }

    [Fact]
    public async Task Whose_count_goes_back_is_a_copy()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice { Count = 40 };
        await AddAsync(session, device);
        await SignInAsync(device);
        device.Count = 10;
        await AssertRefusedAsync(device);
    }

    [Fact]
    public async Task Is_added_with_the_password_where_the_session_is_old()
    {
        var session = await _app.RegisterAsync();
        await using (var db = _app.SystemDatabase())
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE tokens SET created_at = created_at - interval '11 minutes'
                WHERE user_id = (SELECT id FROM users WHERE email = {session.Email})
                """,
                Cancel
            );
        Assert.Equal("password_needed", (await Answers.RefusedAsync(() => session.Client.BeginPasskeyAsync(new(), Cancel))).Code);
        Assert.Equal(
            "wrong_password",
            (await Answers.RefusedAsync(() => session.Client.BeginPasskeyAsync(new() { Password = "not the password" }, Cancel))).Code
        );
        await session.Client.BeginPasskeyAsync(new() { Password = session.Password }, Cancel);
    }

    [Fact]
    public async Task Signs_in_while_guessed_passwords_have_locked_the_account()
    {
        var session = await _app.RegisterAsync();
        using var device = new SoftDevice();
        await AddAsync(session, device);
        var guesser = Nobody;
        for (var i = 0; i < 8; i++)
            await Answers.RefusedAsync(() => guesser.SignInAsync(new() { Email = session.Email, Password = "wrong password" }, Cancel));
        Assert.Equal(
            "locked_out",
            (
                await Answers.RefusedAsync(() => guesser.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel))
            ).Code
        );
        await SignInAsync(device);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":5}")]
    [InlineData("{\"id\":\"%%%\"}")]
    [InlineData("{\"id\":\"AAAA\",\"response\":{}}")]
    public async Task Malformed_is_refused_without_a_fault_of_ours(string credential)
    {
        var session = await _app.RegisterAsync();
        var begun = await session.Client.BeginPasskeyAsync(new(), Cancel);
        var (status, _, _) = await Answers.RefusedAsync(() =>
            session.Client.AddPasskeyAsync(
                new()
                {
                    Challenge = begun.Id,
                    Credential = credential,
                    Name = "n",
                },
                Cancel
            )
        );
        Assert.True(status is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest, status.ToString());
        var asked = await Nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel);
        (status, _, _) = await Answers.RefusedAsync(() =>
            Nobody.SignInByPasskeyAsync(
                new()
                {
                    Challenge = asked.Id,
                    Browser = _browser,
                    Credential = credential,
                },
                Cancel
            )
        );
        Assert.True(
            status is HttpStatusCode.Unauthorized or HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest,
            status.ToString()
        );
    }

    [Fact]
    public async Task Is_asked_to_recognise_its_person_for_the_options_domain()
    {
        var session = await _app.RegisterAsync();
        session.Http.DefaultRequestHeaders.Host = "evil.example.com";
        var options = JsonNode.Parse((await session.Client.BeginPasskeyAsync(new(), Cancel)).Options)!;
        Assert.Equal("gpugeek.test", options["rp"]!["id"]!.GetValue<string>());
        Assert.Equal(
            ("required", "required"),
            (
                options["authenticatorSelection"]!["userVerification"]!.GetValue<string>(),
                options["authenticatorSelection"]!["residentKey"]!.GetValue<string>()
            )
        );
        var asked = JsonNode.Parse((await Nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel)).Options)!;
        Assert.Equal(("gpugeek.test", "required"), (asked["rpId"]!.GetValue<string>(), asked["userVerification"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Cannot_be_kept_for_a_number_or_without_https()
    {
        foreach (
            var (address, possible) in (IEnumerable<(string, bool)>)
                [
                    ("http://127.0.0.1:8080", false),
                    ("https://192.0.2.7", false),
                    ("http://gpugeek.test", false),
                    ("http://localhost:8080", true),
                    ("https://gpugeek.test", true),
                ]
        )
        {
            await using var app = new ApiApplication(
                named.Postgres,
                settings: new Dictionary<string, string> { ["GPUGEEK_PUBLIC_URL"] = address }
            );
            var nobody = new GpuGeekClient(app.HttpWith(null));
            Assert.Equal((address, possible), (address, (await nobody.GetInstallationAsync(Cancel)).Passkeys));
            if (!possible)
                Assert.Equal(
                    "passkeys_impossible",
                    (await Answers.RefusedAsync(() => nobody.BeginPasskeySignInAsync(new() { Browser = _browser }, Cancel))).Code
                );
        }
    }
}
