using System.Net;
using System.Text.Json.Nodes;
using GpuGeek.Api.Tests.Support;
using GpuGeek.Domain.Tenants;
using GpuGeek.Infrastructure.Persistence;
using GpuGeek.TestSupport;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace GpuGeek.Api.Tests.Walls;

public sealed class BetweenTwoTenants(PostgresFixture postgres, SharedApplication shared) : IClassFixture<SharedApplication>
{
    private readonly ApiApplication _app = shared.App;
    private static CancellationToken Cancel => ApiApplication.Cancel;

    private async Task<(TenantSession One, TenantSession Two, Guid OneId, Guid TwoId)> TwoTenantsAsync()
    {
        var (one, _) = await _app.RegisterWithProjectAsync();
        var (two, _) = await _app.RegisterWithProjectAsync();
        await using var db = _app.SystemDatabase();
        return (one, two, db.Organizations.Single(o => o.Slug == one.Org).Id, db.Organizations.Single(o => o.Slug == two.Org).Id);
    }

    [Fact]
    public async Task The_route_lets_no_stranger_in_and_answers_as_for_nothing()
    {
        var (one, two, _, _) = await TwoTenantsAsync();
        var foreign = await two.Http.GetAsync($"/api/v1/orgs/{one.Org}/projects", Cancel);
        var unknown = await two.Http.GetAsync("/api/v1/orgs/there-is-none/projects", Cancel);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (foreign.StatusCode, unknown.StatusCode));
        Assert.Equal(await BodyAsync(unknown), await BodyAsync(foreign));
    }

    [Fact]
    public async Task The_query_filter_alone_hides_the_others_rows()
    {
        var (_, _, one, two) = await TwoTenantsAsync();
        // The owner's policy allows every row, so only the filter protects here.
        await using var source = NpgsqlDataSource.Create(postgres.Connections.Owner);
        await using var db = new GpuGeekDbContext(DbContexts.Options(source), one, null);
        var seen = await db.Projects.ToListAsync(Cancel);
        Assert.All(seen, p => Assert.Equal(one, p.OrgId));
        Assert.NotEmpty(seen);
        Assert.NotEmpty(await db.Projects.IgnoreTenantFilter().Where(p => p.OrgId == two).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Row_level_security_alone_hides_the_others_rows()
    {
        var (_, _, one, two) = await TwoTenantsAsync();
        await using var connection = await _app.Contexts.OpenForOrgAsync(one, Cancel);
        Assert.Equal(0L, await CountAsync(connection, $"SELECT count(*) FROM projects WHERE org_id = '{two}'"));
        Assert.Equal(1L, await CountAsync(connection, "SELECT count(*) FROM projects"));
        await using var update = new NpgsqlCommand($"UPDATE projects SET name = 'stolen' WHERE org_id = '{two}'", connection);
        Assert.Equal(0, await update.ExecuteNonQueryAsync(Cancel));
        await using var insert = new NpgsqlCommand(
            $"INSERT INTO projects (org_id, id, slug, name, template, created_at) VALUES ('{two}', gen_random_uuid(), 'x', 'x', 'x', "
                + "now())",
            connection
        );
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => insert.ExecuteNonQueryAsync(Cancel))).SqlState);
    }

    [Fact]
    public async Task A_connection_without_an_organisation_sees_nothing()
    {
        await TwoTenantsAsync();
        await using var connection = new NpgsqlConnection(postgres.Connections.App);
        await connection.OpenAsync(Cancel);
        foreach (var table in (string[])["projects", "datasets", "runs", "users", "organizations", "members", "tokens"])
            Assert.Equal(0L, await CountAsync(connection, $"SELECT count(*) FROM {table}"));
    }

    /// <summary>Before, the app role could read and delete every stored response of every organisation.</summary>
    [Fact]
    public async Task Nobody_lists_or_deletes_the_answers_that_are_kept_for_others()
    {
        var (_, _, one, _) = await TwoTenantsAsync();
        await using var connection = await _app.Contexts.OpenForOrgAsync(one, Cancel);
        foreach (
            var statement in (string[])
                ["SELECT count(*) FROM idempotency_keys", "DELETE FROM idempotency_keys", "UPDATE idempotency_keys SET body = NULL"]
        )
        {
            await using var command = new NpgsqlCommand(statement, connection);
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel))).SqlState);
        }
    }

    /// <summary>Before, SQL run as the app role could read the password hashes of all members.</summary>
    [Fact]
    public async Task A_colleagues_name_is_read_and_the_hash_of_the_password_is_not()
    {
        var owner = await _app.RegisterAsync();
        await _app.JoinAsync(owner, Role.Viewer);
        await using var connection = await _app.Contexts.OpenForOrgAsync(await owner.OrgIdAsync(), Cancel);
        Assert.Equal(2L, await CountAsync(connection, "SELECT count(*) FROM users"));
        Assert.Equal(0L, await CountAsync(connection, "SELECT count(*) FROM user_passwords"));
    }

    [Fact]
    public async Task A_person_cannot_make_themselves_the_operator()
    {
        var person = await _app.RegisterAsync();
        await using var db = _app.SystemDatabase();
        var id = db.Users.Single(u => u.Email == person.Email).Id;
        await using var connection = new NpgsqlConnection(postgres.Connections.App);
        await connection.OpenAsync(Cancel);
        var another = Planted.NewId();
        foreach (
            var (who, statement) in ((Guid, string)[])
                [
                    (id, "UPDATE users SET is_operator = true"),
                    (
                        another,
                        $"""
                        INSERT INTO users (id, email, normalized_email, display_name, is_operator, created_at, email_confirmed,
                            phone_number_confirmed, two_factor_enabled)
                        VALUES ('{another}', 'x@y.z', 'X@Y.Z', 'x', true, now(), false, false, false)
                        """
                    ),
                ]
        )
        {
            await CountAsync(connection, $"SELECT count(*) FROM (SELECT set_config('app.user', '{who}', false)) x");
            await using var command = new NpgsqlCommand(statement, connection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancel));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    [Fact]
    public async Task A_pooled_connection_forgets_its_organisation()
    {
        var (_, _, one, _) = await TwoTenantsAsync();
        var single = new NpgsqlConnectionStringBuilder(postgres.Connections.App) { MaxPoolSize = 1 }.ConnectionString;
        await using var source = NpgsqlDataSource.Create(single);
        await using (var first = await source.OpenConnectionAsync(Cancel))
        {
            await CountAsync(first, $"SELECT count(*) FROM (SELECT set_config('app.org', '{one}', false)) x");
            Assert.Equal(1L, await CountAsync(first, "SELECT count(*) FROM projects"));
        }
        await using var second = await source.OpenConnectionAsync(Cancel);
        Assert.Equal(0L, await CountAsync(second, "SELECT count(*) FROM projects"));
    }

    [Fact]
    public async Task A_data_migration_of_the_owner_touches_every_row()
    {
        await TwoTenantsAsync();
        await using var connection = new NpgsqlConnection(postgres.Connections.Owner);
        await connection.OpenAsync(Cancel);
        await using var system = await _app.Contexts.OpenSystemAsync(Cancel);
        var all = await CountAsync(system, "SELECT count(*) FROM projects");
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using var update = new NpgsqlCommand("UPDATE projects SET name = name", connection, transaction);
        Assert.Equal(all, await update.ExecuteNonQueryAsync(Cancel));
    }

    [Fact]
    public void COPY_is_used_nowhere_since_row_level_security_refuses_it()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(SharedData.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories);
        Assert.DoesNotContain(
            sources,
            file =>
                File.ReadAllText(file) is var text
                && (
                    text.Contains("BeginBinaryImport", StringComparison.Ordinal)
                    || text.Contains("BeginTextImport", StringComparison.Ordinal)
                )
        );
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!.AsObject();
        Assert.True(body.Remove("requestId"));
        return body.ToJsonString();
    }
}
