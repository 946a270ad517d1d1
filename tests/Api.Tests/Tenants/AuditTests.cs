using System.Net.Http.Headers;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Contracts.Common;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Tests.Tenants;

public sealed class TheAudit(SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    [Fact]
    public async Task Says_who_did_what_to_what_from_where()
    {
        var (session, project) = await _app.RegisterWithProjectAsync();
        var entry = (await session.Client.ListAuditAsync(session.Org, ct: Cancel)).Items.Single();
        Assert.Equal(
            (session.Email, null, "project.create", $"projects/{project.Slug}"),
            (entry.UserEmail, entry.KeyName, entry.Action, entry.Target)
        );
        Assert.Equal("""{"name": "Flowers", "template": "image-classification"}""", entry.Detail);
        Assert.StartsWith("10.0.", entry.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_key_that_did_it()
    {
        var session = await _app.RegisterAsync();
        var key = await session.Client.CreateKeyAsync(session.Org, new() { Name = "nightly", Scopes = [Scopes.DatasetsWrite] }, Cancel);
        await new Contracts.Client.GpuGeekClient(_app.HttpWith(key.Key)).CreateProjectAsync(session.Org, new() { Name = "x" }, Cancel);
        var entries = (await session.Client.ListAuditAsync(session.Org, ct: Cancel)).Items;
        Assert.Equal([("project.create", "nightly"), ("key.create", null)], entries.Select(e => (e.Action, e.KeyName)));
        Assert.DoesNotContain(key.Key, string.Join(' ', entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_read_by_kind_of_action_and_page_by_page()
    {
        var session = await _app.RegisterAsync();
        for (var i = 0; i < 3; i++)
            await session.Client.CreateProjectAsync(session.Org, new() { Name = $"p{i}" }, Cancel);
        await session.Client.DeleteProjectAsync(session.Org, "p1", Cancel);
        var first = await session.Client.ListAuditAsync(session.Org, "project.", limit: 3, ct: Cancel);
        Assert.Equal(["project.delete", "project.create", "project.create"], first.Items.Select(e => e.Action));
        Assert.Single((await session.Client.ListAuditAsync(session.Org, "project.", first.Next, ct: Cancel)).Items);
        Assert.Equal(3, (await session.Client.ListAuditAsync(session.Org, "project.create", ct: Cancel)).Items.Count);
        Assert.Empty((await session.Client.ListAuditAsync(session.Org, "project", ct: Cancel)).Items);
    }

    [Fact]
    public async Task Comes_as_CSV_that_a_spreadsheet_does_not_run()
    {
        var session = await _app.RegisterAsync();
        await session.Client.CreateKeyAsync(session.Org, new() { Name = "=cmd()", Scopes = [Scopes.Predict] }, Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, session.At("audit"))
        {
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue("text/csv") } },
        };
        using var response = await session.Http.SendAsync(request, Cancel);
        var lines = (await response.Content.ReadAsStringAsync(Cancel)).Split("\r\n");
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("at,user,email,key,action,target,detail,address,user_agent", lines[0]);
        Assert.Contains(",key.create,", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task Says_nothing_of_what_was_not_kept()
    {
        var session = await _app.RegisterAsync();
        await using var connection = new NpgsqlConnection(shared.Postgres.SuperUser);
        await connection.OpenAsync(Cancel);
        // Everything succeeds up to the commit.
        await ExecuteAsync(
            connection,
            """
            CREATE OR REPLACE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$;
            CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON projects
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.name = 'fails at commit') EXECUTE FUNCTION fail_at_commit()
            """
        );
        try
        {
            using var response = await session.Http.PostAsync(
                session.At("projects"),
                System.Net.Http.Json.JsonContent.Create(new { name = "fails at commit" }),
                Cancel
            );
            Assert.Equal("internal_error", await response.CodeAsync(System.Net.HttpStatusCode.InternalServerError));
        }
        finally
        {
            await ExecuteAsync(connection, "DROP TRIGGER fail_at_commit ON projects; DROP FUNCTION fail_at_commit()");
        }
        Assert.Empty((await session.Client.ListProjectsAsync(session.Org, ct: Cancel)).Items);
        Assert.Empty((await session.Client.ListAuditAsync(session.Org, ct: Cancel)).Items);
    }

    [Theory]
    [InlineData("UPDATE audit_entries SET action = 'nothing'")]
    [InlineData("DELETE FROM audit_entries")]
    [InlineData("TRUNCATE audit_entries")]
    public async Task Is_not_changed_by_the_role_that_serves_requests(string statement)
    {
        var (session, _) = await _app.RegisterWithProjectAsync();
        await using var db = _app.Contexts.ForOrg(await session.OrgIdAsync());
        var refused = await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlRawAsync(statement, Cancel));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
