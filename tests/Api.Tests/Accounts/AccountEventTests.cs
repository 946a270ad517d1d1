using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Accounts;
using GpuGeek.Contracts.Client;
using GpuGeek.Infrastructure.Accounts;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OtpNet;

namespace GpuGeek.Api.Tests.Accounts;

public sealed class TheRecordOfAnAccount(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private GpuGeekClient Nobody => new(_app.HttpWith(null));

    private static async Task<List<AccountEventResponse>> ReadAsync(TenantSession session) =>
        [.. (await session.Client.ListAccountEventsAsync(limit: 200, ct: Cancel)).Items];

    private static async Task<string[]> KindsAsync(TenantSession session) =>
        [.. (await ReadAsync(session)).Select(e => e.Detail is { } detail ? $"{e.Kind} {detail}" : e.Kind)];

    [Fact]
    public async Task Names_everything_that_happened_newest_first()
    {
        var session = await _app.RegisterAsync();
        await Answers.RefusedAsync(() => Nobody.SignInAsync(new() { Email = session.Email, Password = "wrong password" }, Cancel));
        var second = await Nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel);
        var other = (await session.Client.ListSessionsAsync(Cancel)).Items.Single(s => !s.IsCurrent);
        await session.Client.RevokeSessionAsync(other.Id, Cancel);
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "camera", Scopes = ["predict"] }, Cancel);
        await session.Client.RevokeKeyAsync(session.Org, key.Id, Cancel);
        await session.Client.ChangePasswordAsync(
            new() { CurrentPassword = session.Password, NewPassword = "quite another phrase" },
            Cancel
        );
        var factor = await session.Client.BeginSecondFactorAsync(Cancel);
        await session.Client.ConfirmSecondFactorAsync(
            new() { Code = new Totp(Base32Encoding.ToBytes(factor.Secret)).ComputeTotp(Planted.Now.UtcDateTime) },
            Cancel
        );
        await Answers.RefusedAsync(() =>
            Nobody.SignInAsync(
                new()
                {
                    Email = session.Email,
                    Password = "quite another phrase",
                    Code = "000000",
                },
                Cancel
            )
        );
        await session.Client.RemoveSecondFactorAsync(new() { Password = "quite another phrase" }, Cancel);
        Assert.Equal(
            [
                "second_factor_off",
                "sign_in_failed code",
                "second_factor_on",
                "password_changed",
                $"key_revoked camera · {session.Org}",
                $"key_made camera · {session.Org}",
                "session_ended unknown",
                "signed_in password",
                "sign_in_failed password",
                "registered",
            ],
            await KindsAsync(session)
        );
        Assert.NotEqual(session.Token, second.Token);
    }

    [Fact]
    public async Task Says_when_and_from_where()
    {
        var session = await _app.RegisterAsync();
        var http = _app.HttpWith(null);
        http.DefaultRequestHeaders.Remove("X-GpuGeek-Client");
        http.DefaultRequestHeaders.Add("X-GpuGeek-Client", "203.0.113.9");
        http.DefaultRequestHeaders.UserAgent.ParseAdd("Firefox/150.0");
        var before = Planted.Now;
        await new GpuGeekClient(http).SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel);
        var entry = (await ReadAsync(session))[0];
        Assert.Equal(("203.0.113.9", "Firefox/150.0", "password"), (entry.Address, entry.Agent, entry.Detail));
        Assert.InRange(entry.At, before.AddSeconds(-1), Planted.Now.AddSeconds(1));
    }

    [Fact]
    public async Task Tells_of_a_lockout_and_of_nothing_while_it_lasts()
    {
        var session = await _app.RegisterAsync();
        // From one address: from many, the account's thirty an hour come first.
        var guesser = Nobody;
        for (var i = 0; i < 12; i++)
            await Answers.RefusedAsync(() => guesser.SignInAsync(new() { Email = session.Email, Password = "wrong password" }, Cancel));
        var kinds = (await ReadAsync(session)).Select(e => e.Kind).ToList();
        Assert.Equal((8, 1), (kinds.Count(k => k == "sign_in_failed"), kinds.Count(k => k == "locked_out")));
    }

    [Fact]
    public async Task Is_read_page_by_page()
    {
        var session = await _app.RegisterAsync();
        for (var i = 0; i < 4; i++)
            await Nobody.SignInAsync(new() { Email = session.Email, Password = session.Password }, Cancel);
        var seen = new List<Guid>();
        string? next = null;
        do
        {
            var page = await session.Client.ListAccountEventsAsync(next, limit: 2, Cancel);
            Assert.InRange(page.Items.Count, 1, 2);
            seen.AddRange(page.Items.Select(e => e.Id));
            next = page.Next;
        } while (next is not null);
        Assert.Equal((await ReadAsync(session)).Select(e => e.Id), seen);
        Assert.Equal("invalid_cursor", (await Answers.RefusedAsync(() => session.Client.ListAccountEventsAsync("x", ct: Cancel))).Code);
        Assert.Equal("invalid_limit", (await Answers.RefusedAsync(() => session.Client.ListAccountEventsAsync(limit: 0, ct: Cancel))).Code);
    }

    [Fact]
    public async Task Is_the_persons_alone_and_no_keys()
    {
        var (ann, bob) = (await _app.RegisterAsync(), await _app.RegisterAsync());
        Assert.Empty((await ReadAsync(ann)).Select(e => e.Id).Intersect((await ReadAsync(bob)).Select(e => e.Id)));
        var key = await ann.Client.CreateKeyAsync(ann.Org, new() { Name = "all", Scopes = Contracts.Common.Scopes.All }, Cancel);
        Assert.Equal(
            "session_needed",
            (await Answers.RefusedAsync(() => new GpuGeekClient(_app.HttpWith(key.Key)).ListAccountEventsAsync(ct: Cancel))).Code
        );
        await using var colleague = _app.Contexts.ForOrg(await ann.OrgIdAsync());
        Assert.False(await colleague.AccountEvents.AnyAsync(Cancel));
    }

    [Theory]
    [InlineData("UPDATE account_events SET detail = 'x'")]
    [InlineData("DELETE FROM account_events")]
    [InlineData("TRUNCATE account_events")]
    public async Task Is_changed_by_nobody(string statement)
    {
        var session = await _app.RegisterAsync();
        var user = (await session.Client.GetMeAsync(Cancel)).User.Id;
        await using var person = _app.Contexts.ForUser(user);
        await using var system = _app.SystemDatabase();
        foreach (var db in (Infrastructure.Persistence.GpuGeekDbContext[])[person, system])
            Assert.Equal(
                PostgresErrorCodes.InsufficientPrivilege,
                (await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlRawAsync(statement, Cancel))).SqlState
            );
        person.AccountEvents.Add(AccountEvent.Of(Planted.NewId(), AccountEventKind.SignedIn, Planted.Now, "", "", null));
        Assert.Equal(
            PostgresErrorCodes.InsufficientPrivilege,
            (
                (PostgresException)(await Assert.ThrowsAsync<DbUpdateException>(() => person.SaveChangesAsync(Cancel))).InnerException!
            ).SqlState
        );
    }

    [Fact]
    public async Task Goes_with_the_account()
    {
        var session = await _app.RegisterAsync();
        var user = (await session.Client.GetMeAsync(Cancel)).User.Id;
        await using var owner = new NpgsqlConnection(shared.Postgres.SuperUser);
        await owner.OpenAsync(Cancel);
        await using (var delete = new NpgsqlCommand("DELETE FROM users WHERE id = $1", owner) { Parameters = { new() { Value = user } } })
            await delete.ExecuteNonQueryAsync(Cancel);
        await using var db = _app.SystemDatabase();
        Assert.False(await db.AccountEvents.AnyAsync(e => e.UserId == user, Cancel));
    }
}
