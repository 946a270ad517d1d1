using GpuGeek.TestSupport;
using Npgsql;

namespace GpuGeek.Api.Tests.Walls;

/// <summary>Rules for every table, role and function, checked in PostgreSQL's own catalogue. Each rule also runs on a planted fault and
/// must detect it.</summary>
public sealed class TheDatabaseCatalogue(PostgresFixture postgres)
{
    private const string Tables = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'";
    private const string Functions = "pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public' AND p.prosecdef";

    /// <summary>A tenant's table created by somebody who does not know the rules.</summary>
    private const string BareTable = "CREATE TABLE planted (org_id uuid, id uuid, PRIMARY KEY (org_id, id));";
    private static readonly string[] Definers =
    [
        "auth_token",
        "consume_token",
        "count_attempts",
        "delete_old_attempts",
        "first_answer",
        "give_attempts_back",
        "has_member",
        "has_operator",
        "images_named",
        "invitation",
        "keep_first_answer",
        "org_for_member",
        "share_link",
        "slug_taken",
        "touch_token",
        "user_for_passkey",
        "user_for_sign_in",
    ];

    /// <param name="Faults">Lists what breaks the rule.</param>
    /// <param name="Plant">Makes one fault, in a transaction that is rolled back.</param>
    /// <param name="Seen">What the rule must then list.</param>
    private sealed record Rule(string Faults, string Plant, string Seen);

    private static readonly Dictionary<string, Rule> Rules = new()
    {
        ["every table forces row-level security"] = new(
            $"SELECT c.relname FROM {Tables} WHERE c.relkind IN ('r', 'p') AND c.relname <> '__ef_migrations_history' AND NOT "
                + "(c.relrowsecurity AND c.relforcerowsecurity)",
            BareTable + "ALTER TABLE planted ENABLE ROW LEVEL SECURITY",
            "planted"
        ),
        ["the app sees one organisation of every tenant table"] = new(
            $"""
            SELECT c.relname FROM {Tables}
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
            WHERE c.relkind IN ('r', 'p') AND c.relname NOT IN ('members', 'tokens')
              AND (SELECT array_agg(p.policyname || ' ' || p.qual || ' ' || p.with_check) FROM pg_policies p WHERE p.tablename = c.relname
                  AND 'gpugeek_app' = ANY (p.roles))
                  IS DISTINCT FROM ARRAY['tenant (org_id = current_org()) (org_id = current_org())']
            """,
            BareTable
                + "CREATE POLICY tenant ON planted TO gpugeek_app USING (org_id = current_org() OR id IS NULL) WITH CHECK (org_id = "
                + "current_org())",
            "planted"
        ),
        ["the owner's migrations touch every row of every table"] = new(
            $"""
            SELECT c.relname FROM {Tables}
            WHERE c.relkind IN ('r', 'p') AND c.relname <> '__ef_migrations_history'
              AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.policyname = 'owner_all'
                  AND p.roles = ARRAY['gpugeek_owner'::name])
            """,
            BareTable,
            "planted"
        ),
        ["no view shows what its reader may not see"] = new(
            $"SELECT c.relname FROM {Tables} WHERE c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY "
                + "(c.reloptions), false)",
            "CREATE VIEW planted AS SELECT * FROM runs",
            "planted"
        ),
        ["only the listed functions see past the walls"] = new(
            $"SELECT p.proname FROM {Functions} AND p.proname NOT IN ('{string.Join("', '", Definers)}')",
            "CREATE FUNCTION planted() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
            "planted"
        ),
        ["they fix their search path"] = new(
            $"SELECT p.proname FROM {Functions} AND NOT coalesce('search_path=pg_catalog' = ANY (p.proconfig), false)",
            "CREATE FUNCTION planted() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'SELECT 1::bigint'",
            "planted"
        ),
        ["unique indexes of tenant tables start with the organisation"] = new(
            $"""
            SELECT i.relname FROM {Tables} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid
            JOIN pg_attribute org ON org.attrelid = c.oid AND org.attname = 'org_id' AND NOT org.attisdropped
            WHERE x.indisunique AND c.relname NOT IN ('members', 'tokens') AND x.indkey[0] <> org.attnum
            """,
            BareTable + "CREATE UNIQUE INDEX planted_id ON planted (id)",
            "planted_id"
        ),
        ["foreign keys between tenant tables carry the organisation"] = new(
            """
            SELECT k.conname FROM pg_constraint k
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'org_id' AND NOT a.attisdropped
            JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attname = 'org_id' AND NOT b.attisdropped
            WHERE k.contype = 'f' AND (NOT a.attnum = ANY (k.conkey) OR NOT b.attnum = ANY (k.confkey) OR k.confdeltype IN ('n', 'd'))
            """,
            BareTable
                + "CREATE UNIQUE INDEX planted_id ON planted (id); CREATE TABLE child (org_id uuid, parent uuid CONSTRAINT "
                + "child_parent REFERENCES planted (id))",
            "child_parent"
        ),
        ["no role of ours can do more than it needs"] = new(
            @"SELECT rolname FROM pg_roles WHERE rolname LIKE 'gpugeek\_%' AND rolname <> 'gpugeek_super' "
                + "AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)",
            "ALTER ROLE gpugeek_system BYPASSRLS",
            "gpugeek_system"
        ),
        ["the owner owns everything and the app nothing"] = new(
            $"SELECT c.relname FROM {Tables} JOIN pg_roles r ON r.oid = c.relowner WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND "
                + "r.rolname <> 'gpugeek_owner' AND c.relname <> 'planted'",
            "CREATE TABLE another (id int); ALTER TABLE another OWNER TO gpugeek_app",
            "another"
        ),
        ["the app changes nothing of a person, and no scope or end of a token"] = new(
            """
            SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
                AND NOT a.attisdropped
            WHERE c.oid IN ('public.users'::regclass, 'public.tokens'::regclass) AND a.attname <> 'revoked_at'
              AND has_column_privilege('gpugeek_app', c.oid, a.attnum, 'UPDATE')
            """,
            "GRANT UPDATE (is_operator) ON users TO gpugeek_app",
            "users.is_operator"
        ),
        ["nobody connects to a database who was not let in"] = new(
            """
            SELECT d.datname FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datallowconn
                AND a.grantee = 0
            """,
            "GRANT CONNECT ON DATABASE postgres TO PUBLIC",
            "postgres"
        ),
        ["the app makes no large objects"] = new(
            """
            SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^(lo_|lowrite|loread)'
              AND has_function_privilege('gpugeek_app', p.oid, 'EXECUTE')
            """,
            "GRANT EXECUTE ON FUNCTION lo_create(oid) TO gpugeek_app",
            "lo_create"
        ),
    };

    public static TheoryData<string> Names => [.. Rules.Keys];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Says_that(string rule) => Assert.Empty(await FaultsAsync(Rules[rule], planted: false));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Sees_the_fault_when_it_is_not_so_that(string rule) =>
        Assert.Equal([Rules[rule].Seen], await FaultsAsync(Rules[rule], planted: true));

    [Fact]
    public async Task Has_every_listed_function()
    {
        await using var connection = await OpenAsync();
        Assert.Equal(Definers, await QueryAsync(connection, $"SELECT p.proname FROM {Functions} ORDER BY p.proname"));
    }

    private async Task<List<string>> FaultsAsync(Rule rule, bool planted)
    {
        await using var connection = await OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        if (planted)
        {
            // As the owner would: what a superuser makes belongs to the superuser, which is another fault.
            var isOfSuperUser =
                ((string[])["ALTER ROLE", "GRANT"]).Any(w => rule.Plant.StartsWith(w, StringComparison.Ordinal))
                || rule.Plant.Contains("OWNER TO", StringComparison.Ordinal);
            await QueryAsync(connection, isOfSuperUser ? rule.Plant : $"SET LOCAL ROLE gpugeek_owner; {rule.Plant}; RESET ROLE");
        }
        return await QueryAsync(connection, rule.Faults);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(postgres.SuperUser);
        await connection.OpenAsync(Cancel);
        return connection;
    }

    private static async Task<List<string>> QueryAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
            rows.Add(reader.GetString(0));
        return rows;
    }
}
