using System.Diagnostics;
using System.Net;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Client;
using GpuGeek.Contracts.Common;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace GpuGeek.Api.Tests.Accounts;

public sealed class ASecondFactor(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>The person with an authenticator app: uses the code of the previous time step, so that the current one is still
    /// unused.</summary>
    private async Task<(TenantSession Session, Totp App, IReadOnlyList<string> Recovery)> WithAppAsync()
    {
        var session = await _app.RegisterAsync();
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        var app = new Totp(Base32Encoding.ToBytes(setup.Secret));
        // At the end of a time step, the code of the previous one would be two steps old when it arrives.
        await Eventually.HoldsAsync(() => Planted.Now.ToUnixTimeSeconds() % 30, second => second < 20);
        return (
            session,
            app,
            (
                await session.Client.ConfirmSecondFactorAsync(
                    new()
                    {
                        Code = app.ComputeTotp(DateTime.UnixEpoch + (Planted.Now - DateTimeOffset.UnixEpoch) - TimeSpan.FromSeconds(30)),
                    },
                    Cancel
                )
            ).Codes
        );
    }

    private static string Code(Totp app) => app.ComputeTotp((DateTime.UnixEpoch + (Planted.Now - DateTimeOffset.UnixEpoch)));

    private Task<Contracts.Accounts.SessionResponse> SignInAsync(TenantSession session, string? code) =>
        new GpuGeekClient(_app.HttpWith(null)).SignInAsync(
            new()
            {
                Email = session.Email,
                Password = session.Password,
                Code = code,
            },
            Cancel
        );

    private async Task<string?> RefusedAsync(TenantSession session, string? code) =>
        (await Answers.RefusedAsync(() => SignInAsync(session, code))).Code;

    [Fact]
    public async Task Is_asked_for_from_the_first_code_on()
    {
        var session = await _app.RegisterAsync();
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        Assert.StartsWith("otpauth://totp/", setup.Uri, StringComparison.Ordinal);
        Assert.False((await session.Client.GetMeAsync(Cancel)).SecondFactor);
        await SignInAsync(session, null);
        Assert.Equal(
            "wrong_code",
            (await Answers.RefusedAsync(() => session.Client.ConfirmSecondFactorAsync(new() { Code = "000000x" }, Cancel))).Code
        );
        await session.Client.ConfirmSecondFactorAsync(new() { Code = Code(new(Base32Encoding.ToBytes(setup.Secret))) }, Cancel);
        Assert.True((await session.Client.GetMeAsync(Cancel)).SecondFactor);
        Assert.Equal("second_factor_needed", await RefusedAsync(session, null));
    }

    [Fact]
    public async Task Signs_in_with_a_code_and_that_code_once()
    {
        var (session, app, _) = await WithAppAsync();
        var code = Code(app);
        await SignInAsync(session, code);
        Assert.Equal("wrong_code", await RefusedAsync(session, code));
    }

    [Fact]
    public async Task Lost_is_replaced_by_recovery_codes_each_once_however_typed()
    {
        var (session, _, recovery) = await WithAppAsync();
        Assert.Equal((10, 10), (recovery.Count, recovery.Distinct().Count()));
        await SignInAsync(session, recovery[3].Replace("-", " ", StringComparison.Ordinal).ToUpperInvariant());
        Assert.Equal("wrong_code", await RefusedAsync(session, recovery[3]));
        await SignInAsync(session, recovery[4]);
    }

    [Fact]
    public async Task Guessed_at_locks_the_account_after_ten_codes_from_wherever_they_come()
    {
        var (session, app, _) = await WithAppAsync();
        for (var i = 0; i < 10; i++)
            Assert.Equal("wrong_code", await RefusedAsync(session, "12345"));
        var locked = await Answers.RefusedAsync(() => SignInAsync(session, Code(app)));
        Assert.Equal((HttpStatusCode.TooManyRequests, "locked_out"), (locked.Status, locked.Code));
    }

    [Fact]
    public async Task Ends_the_sessions_before_it()
    {
        var session = await _app.RegisterAsync();
        var other = await SignInAsync(session, null);
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.ConfirmSecondFactorAsync(new() { Code = Code(new(Base32Encoding.ToBytes(setup.Secret))) }, Cancel);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await Answers.RefusedAsync(() => new GpuGeekClient(_app.HttpWith(other.Token)).GetMeAsync(Cancel))).Status
        );
        Assert.Single((await session.Client.ListSessionsAsync(Cancel)).Items);
    }

    [Fact]
    public async Task Goes_with_the_password_only()
    {
        var (session, _, _) = await WithAppAsync();
        Assert.Equal("second_factor_on", (await Answers.RefusedAsync(() => session.Client.BeginSecondFactorAsync(Cancel))).Code);
        Assert.Equal(
            "wrong_password",
            (await Answers.RefusedAsync(() => session.Client.RemoveSecondFactorAsync(new() { Password = "not the password" }, Cancel))).Code
        );
        await session.Client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel);
        await SignInAsync(session, null);
    }

    [Fact]
    public async Task Is_not_readable_in_the_database_and_not_by_colleagues()
    {
        var session = await _app.RegisterAsync();
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        var user = (await session.Client.GetMeAsync(Cancel)).User.Id;
        await using (var db = _app.SystemDatabase())
        {
            var row = await db.SecondFactors.SingleAsync(f => f.UserId == user, Cancel);
            Assert.DoesNotContain(
                Convert.ToHexString(Base32Encoding.ToBytes(setup.Secret)),
                Convert.ToHexString(row.Secret),
                StringComparison.Ordinal
            );
        }
        await using var colleague = _app.Contexts.ForOrg(await session.OrgIdAsync());
        Assert.True(await colleague.Users.AnyAsync(u => u.Id == user, Cancel));
        Assert.False(await colleague.SecondFactors.AnyAsync(Cancel));
    }

    [Fact]
    public async Task And_the_sessions_are_no_business_of_a_key()
    {
        var session = await _app.RegisterAsync();
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "all", Scopes = Scopes.All }, Cancel);
        var client = new GpuGeekClient(_app.HttpWith(key.Key));
        Assert.Equal("session_needed", (await Answers.RefusedAsync(() => client.BeginSecondFactorAsync(Cancel))).Code);
        Assert.Equal("session_needed", (await Answers.RefusedAsync(() => client.ListSessionsAsync(Cancel))).Code);
        Assert.Equal(
            "session_needed",
            (await Answers.RefusedAsync(() => client.RemoveSecondFactorAsync(new() { Password = session.Password }, Cancel))).Code
        );
        Assert.Equal(
            "session_needed",
            (
                await Answers.RefusedAsync(() =>
                    client.ChangePasswordAsync(new() { CurrentPassword = session.Password, NewPassword = "another long phrase" }, Cancel)
                )
            ).Code
        );
    }
}

public sealed class AResetLink(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    /// <summary>Runs the program like an operator.</summary>
    private async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, "reset-password", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["GPUGEEK_DB_SYSTEM"], start.Environment["GPUGEEK_DB_HANGFIRE"]) = (
            shared.Postgres.Connections.System,
            shared.Postgres.Connections.Hangfire
        );
        (start.Environment["GPUGEEK_PUBLIC_URL"], start.Environment["GPUGEEK_OBJECTS"]) = ("http://gpugeek.test", _app.ObjectsFolder);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancel) + await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, output.Trim());
    }

    [Fact]
    public async Task Of_the_operator_sets_a_new_password_once_and_ends_every_session()
    {
        var session = await _app.RegisterAsync();
        var (code, link) = await RunAsync(session.Email.ToUpperInvariant());
        Assert.Equal(0, code);
        Assert.StartsWith("http://gpugeek.test/reset-password#gg_reset_", link, StringComparison.Ordinal);
        var token = link[(link.IndexOf('#', StringComparison.Ordinal) + 1)..];
        var nobody = new GpuGeekClient(_app.HttpWith(null));
        Assert.Equal(
            "weak_password",
            (await Answers.RefusedAsync(() => nobody.ResetPasswordAsync(new() { Token = token, NewPassword = "1234567890" }, Cancel))).Code
        );
        await nobody.ResetPasswordAsync(new() { Token = token, NewPassword = "quite another phrase" }, Cancel);
        Assert.Equal(
            "link_invalid",
            (
                await Answers.RefusedAsync(() =>
                    nobody.ResetPasswordAsync(new() { Token = token, NewPassword = "yet another phrase" }, Cancel)
                )
            ).Code
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await Answers.RefusedAsync(() => session.Client.GetMeAsync(Cancel))).Status);
        Assert.Equal(
            "wrong_credentials",
            (
                await Answers.RefusedAsync(() => nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel))
            ).Code
        );
        await nobody.SignInAsync(new() { Email = session.Email, Password = "quite another phrase" }, Cancel);
    }

    [Fact]
    public async Task For_nobody_is_not_made()
    {
        Assert.Equal((1, "No account has the email address nobody@example.org."), await RunAsync("nobody@example.org"));
        Assert.Equal(2, (await RunAsync()).Code);
    }

    [Fact]
    public async Task Takes_a_lost_second_factor_away_only_when_told_to()
    {
        var session = await _app.RegisterAsync();
        var setup = await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.ConfirmSecondFactorAsync(
            new() { Code = new Totp(Base32Encoding.ToBytes(setup.Secret)).ComputeTotp() },
            Cancel
        );
        await RunAsync(session.Email);
        Assert.True((await session.Client.GetMeAsync(Cancel)).SecondFactor);
        await RunAsync(session.Email, "--remove-second-factor");
        Assert.False((await session.Client.GetMeAsync(Cancel)).SecondFactor);
    }
}

public sealed class SessionsOfAPerson(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Are_listed_and_ended_one_by_one()
    {
        var session = await _app.RegisterAsync();
        var other = await new GpuGeekClient(_app.HttpWith(null)).SignInAsync(
            new() { Email = session.Email, Password = session.Password },
            Cancel
        );
        var sessions = (await session.Client.ListSessionsAsync(Cancel)).Items;
        Assert.Equal([false, true], sessions.Select(s => s.IsCurrent));
        await session.Client.RevokeSessionAsync(sessions[0].Id, Cancel);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await Answers.RefusedAsync(() => new GpuGeekClient(_app.HttpWith(other.Token)).GetMeAsync(Cancel))).Status
        );
        Assert.Equal([true], (await session.Client.ListSessionsAsync(Cancel)).Items.Select(s => s.IsCurrent));
    }

    [Fact]
    public async Task Of_somebody_else_are_as_unknown_as_those_that_are_not()
    {
        var (me, other) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        var theirs = (await other.Client.ListSessionsAsync(Cancel)).Items.Single().Id;
        foreach (var id in (Guid[])[theirs, Planted.NewId()])
            Assert.Equal("not_found", (await Answers.RefusedAsync(() => me.Client.RevokeSessionAsync(id, Cancel))).Code);
        Assert.Single((await other.Client.ListSessionsAsync(Cancel)).Items);
    }
}
