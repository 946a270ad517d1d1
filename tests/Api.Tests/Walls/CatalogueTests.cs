using GpuGeek.TestSupport;
using Npgsql;

namespace GpuGeek.Api.Tests.Walls;

public sealed class TheDatabaseCatalogue(PostgresFixture postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task<List<string>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(postgres.SuperUser);
        await connection.OpenAsync(Cancel);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel)) rows.Add(reader.GetString(0));
        return rows;
    }

    [Fact]
    public async Task Every_table_forces_row_level_security() => Assert.Equal(["__ef_migrations_history"], await QueryAsync("""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """));

    [Fact]
    public async Task Every_tenant_table_lets_the_app_see_one_organisation_only() => Assert.Empty(await QueryAsync("""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname NOT IN ('members', 'tokens')
          AND (SELECT array_agg(p.policyname || ' ' || p.qual || ' ' || p.with_check) FROM pg_policies p WHERE p.tablename = c.relname AND 'gpugeek_app' = ANY (p.roles))
              IS DISTINCT FROM ARRAY['tenant (org_id = current_org()) (org_id = current_org())']
        """));

    [Fact]
    public async Task Every_table_has_the_owners_policy() => Assert.Empty(await QueryAsync("""
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname <> '__ef_migrations_history'
          AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.policyname = 'owner_all' AND p.roles = ARRAY['gpugeek_owner'::name])
        """));

    [Fact]
    public async Task Only_the_listed_functions_see_past_the_walls() => Assert.Equal(
        ["auth_token", "consume_token", "has_member", "has_operator", "org_for_member", "slug_taken", "touch_token", "user_for_sign_in"],
        await QueryAsync("SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef ORDER BY 1"));

    [Fact]
    public async Task Those_functions_fix_their_search_path() => Assert.Empty(await QueryAsync(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prosecdef AND NOT ('search_path=pg_catalog' = ANY (p.proconfig))"));

    [Fact]
    public async Task Unique_indexes_of_tenant_tables_start_with_the_organisation() => Assert.Empty(await QueryAsync("""
        SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute org ON org.attrelid = c.oid AND org.attname = 'org_id' AND NOT org.attisdropped
        WHERE n.nspname = 'public' AND x.indisunique AND c.relname NOT IN ('members', 'tokens') AND x.indkey[0] <> org.attnum
        """));

    [Fact]
    public async Task Foreign_keys_between_tenant_tables_carry_the_organisation() => Assert.Empty(await QueryAsync("""
        SELECT k.conname FROM pg_constraint k
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'org_id' AND NOT a.attisdropped
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attname = 'org_id' AND NOT b.attisdropped
        WHERE k.contype = 'f' AND (NOT a.attnum = ANY (k.conkey) OR NOT b.attnum = ANY (k.confkey) OR k.confdeltype IN ('n', 'd'))
        """));

    [Fact]
    public async Task The_roles_own_nothing_they_should_not_and_bypass_nothing() => Assert.Empty(await QueryAsync("""
        SELECT rolname::text FROM pg_roles WHERE rolname LIKE 'gpugeek\_%' AND rolname <> 'gpugeek_super' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)
        UNION ALL
        SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'm', 'S') AND r.rolname <> 'gpugeek_owner'
        """));
}
