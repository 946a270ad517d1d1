using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace GpuGeek.Infrastructure.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class First : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "attempt_buckets",
                columns: table => new
                {
                    key = table.Column<byte[]>(type: "bytea", nullable: false),
                    count = table.Column<int>(type: "integer", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    is_known = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_attempt_buckets", x => x.key);
                }
            );

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    key = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    request = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    status = table.Column<int>(type: "integer", nullable: false),
                    content_type = table.Column<string>(type: "text", nullable: true),
                    location = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<byte[]>(type: "bytea", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => x.key);
                }
            );

            migrationBuilder.CreateTable(
                name: "mails",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    content = table.Column<byte[]>(type: "bytea", nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mails", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "plans",
                columns: table => new
                {
                    code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    price_per_hour = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    monthly_fee = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    included_hours = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    stops_at_included_hours = table.Column<bool>(type: "boolean", nullable: false),
                    max_storage_bytes = table.Column<long>(type: "bigint", nullable: false),
                    max_images = table.Column<int>(type: "integer", nullable: false),
                    max_projects = table.Column<int>(type: "integer", nullable: false),
                    max_concurrent_runs = table.Column<int>(type: "integer", nullable: false),
                    max_deployments = table.Column<int>(type: "integer", nullable: false),
                    max_concurrent_predictions = table.Column<int>(type: "integer", nullable: false),
                    max_share_links = table.Column<int>(type: "integer", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_plans", x => x.code);
                }
            );

            migrationBuilder.CreateTable(
                name: "users",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    display_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    is_operator = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    user_name = table.Column<string>(type: "text", nullable: true),
                    normalized_user_name = table.Column<string>(type: "text", nullable: true),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    normalized_email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    email_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    security_stamp = table.Column<string>(type: "text", nullable: true),
                    concurrency_stamp = table.Column<string>(type: "text", nullable: true),
                    phone_number = table.Column<string>(type: "text", nullable: true),
                    phone_number_confirmed = table.Column<bool>(type: "boolean", nullable: false),
                    two_factor_enabled = table.Column<bool>(type: "boolean", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_users", x => x.id);
                }
            );

            migrationBuilder.CreateTable(
                name: "worker_weights",
                columns: table => new
                {
                    worker = table.Column<string>(type: "text", nullable: false),
                    missing = table.Column<string[]>(type: "text[]", nullable: false),
                    said_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_worker_weights", x => x.worker);
                }
            );

            migrationBuilder.CreateTable(
                name: "organizations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    plan_code = table.Column<string>(type: "character varying(50)", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deletion_id = table.Column<Guid>(type: "uuid", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_organizations", x => x.id);
                    table.ForeignKey(
                        name: "fk_organizations_plans_plan_code",
                        column: x => x.plan_code,
                        principalTable: "plans",
                        principalColumn: "code",
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "account_events",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    address = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    agent = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    detail = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_account_events", x => x.id);
                    table.ForeignKey(
                        name: "fk_account_events_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "passkey_challenges",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    browser = table.Column<byte[]>(type: "bytea", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    state = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_passkey_challenges", x => x.id);
                    table.ForeignKey(
                        name: "fk_passkey_challenges_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "passkeys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    credential_id = table.Column<byte[]>(type: "bytea", maxLength: 1024, nullable: false),
                    public_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    sign_count = table.Column<long>(type: "bigint", nullable: false),
                    transports = table.Column<string[]>(type: "text[]", nullable: false),
                    is_user_verified = table.Column<bool>(type: "boolean", nullable: false),
                    is_backup_eligible = table.Column<bool>(type: "boolean", nullable: false),
                    is_backed_up = table.Column<bool>(type: "boolean", nullable: false),
                    attestation_object = table.Column<byte[]>(type: "bytea", nullable: false),
                    client_data_json = table.Column<byte[]>(type: "bytea", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_passkeys", x => x.id);
                    table.ForeignKey(
                        name: "fk_passkeys_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "second_factors",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    secret = table.Column<byte[]>(type: "bytea", nullable: false),
                    confirmed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_step = table.Column<long>(type: "bigint", nullable: false),
                    recovery_codes = table.Column<byte[][]>(type: "bytea[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_second_factors", x => x.user_id);
                    table.ForeignKey(
                        name: "fk_second_factors_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "user_passwords",
                columns: table => new
                {
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_user_passwords", x => x.user_id);
                    table.ForeignKey(
                        name: "fk_user_passwords_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "audit_entries",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    user_email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: false),
                    key_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    action = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    target = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    detail = table.Column<string>(type: "jsonb", nullable: true),
                    address = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    user_agent = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_entries", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_audit_entries_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "deletions",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    target_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    requested_by = table.Column<Guid>(type: "uuid", nullable: false),
                    requested_by_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    purge_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deletions", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_deletions_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "embeddings",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    backbone = table.Column<byte[]>(type: "bytea", nullable: false),
                    picture = table.Column<byte[]>(type: "bytea", nullable: false),
                    view = table.Column<short>(type: "smallint", nullable: false),
                    vector = table.Column<byte[]>(type: "bytea", nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_embeddings",
                        x => new
                        {
                            x.org_id,
                            x.backbone,
                            x.picture,
                            x.view,
                        }
                    );
                    table.ForeignKey(
                        name: "fk_embeddings_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "invitations",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    email = table.Column<string>(type: "character varying(254)", maxLength: 254, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    accepted_by = table.Column<Guid>(type: "uuid", nullable: true),
                    accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_invitations", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_invitations_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_invitations_users_created_by",
                        column: x => x.created_by,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "members",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    joined_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_members", x => new { x.org_id, x.user_id });
                    table.ForeignKey(
                        name: "fk_members_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_members_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "projects",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    slug = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    template = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deletion_id = table.Column<Guid>(type: "uuid", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_projects", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_projects_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "recipes",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    recipe = table.Column<string>(type: "jsonb", nullable: false),
                    note = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_by_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_recipes", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_recipes_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "tokens",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: true),
                    org_id = table.Column<Guid>(type: "uuid", nullable: true),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    prefix = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    scopes = table.Column<string[]>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tokens", x => x.id);
                    table.ForeignKey(
                        name: "fk_tokens_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_tokens_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "usage_intervals",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    fence = table.Column<long>(type: "bigint", nullable: false),
                    slot = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    kept_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    price_per_hour = table.Column<decimal>(type: "numeric(12,4)", precision: 12, scale: 4, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_usage_intervals", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_usage_intervals_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    events = table.Column<string[]>(type: "text[]", nullable: false),
                    active = table.Column<bool>(type: "boolean", nullable: false),
                    disabled_reason = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    secret = table.Column<byte[]>(type: "bytea", nullable: false),
                    old_secret = table.Column<byte[]>(type: "bytea", nullable: true),
                    old_secret_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failures = table.Column<int>(type: "integer", nullable: false),
                    failing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhooks", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_webhooks_organizations_org_id",
                        column: x => x.org_id,
                        principalTable: "organizations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "datasets",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deletion_id = table.Column<Guid>(type: "uuid", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_datasets", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_datasets_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "models",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deletion_id = table.Column<Guid>(type: "uuid", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_models", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_models_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "runs",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    dataset_version_number = table.Column<int>(type: "integer", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    recipe = table.Column<string>(type: "jsonb", nullable: false),
                    start_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: true),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    phase = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: true),
                    progress = table.Column<double>(type: "double precision", nullable: false),
                    eta_seconds = table.Column<double>(type: "double precision", nullable: true),
                    best_epoch = table.Column<int>(type: "integer", nullable: true),
                    best_val_accuracy = table.Column<double>(type: "double precision", nullable: true),
                    last_seq = table.Column<long>(type: "bigint", nullable: false),
                    checkpoint_key = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    checkpoint_step = table.Column<long>(type: "bigint", nullable: true),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    result = table.Column<string>(type: "jsonb", nullable: true),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deletion_id = table.Column<Guid>(type: "uuid", nullable: true),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    deaths = table.Column<int>(type: "integer", nullable: false),
                    lapses = table.Column<int>(type: "integer", nullable: false),
                    retry_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_runs", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_runs_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "uploaded_weights",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    asked = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: true),
                    content_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: true),
                    report = table.Column<string>(type: "jsonb", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    file_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    stopped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    upload_claim = table.Column<Guid>(type: "uuid", nullable: true),
                    upload_active_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_uploaded_weights", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_uploaded_weights_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    webhook_id = table.Column<Guid>(type: "uuid", nullable: false),
                    message_id = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    type = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    payload = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    fence = table.Column<long>(type: "bigint", nullable: false),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    status_code = table.Column<int>(type: "integer", nullable: true),
                    response_body = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    duration_ms = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_deliveries", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_webhook_deliveries_webhooks_org_id_webhook_id",
                        columns: x => new { x.org_id, x.webhook_id },
                        principalTable: "webhooks",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "dataset_classes",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dataset_classes", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_dataset_classes_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "dataset_versions",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    manifest_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: false),
                    seed = table.Column<int>(type: "integer", nullable: false),
                    classes = table.Column<string[]>(type: "text[]", nullable: false),
                    image_count = table.Column<int>(type: "integer", nullable: false),
                    counts = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dataset_versions", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_dataset_versions_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "imports",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    accepted = table.Column<int>(type: "integer", nullable: false),
                    skipped = table.Column<int>(type: "integer", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                    file_name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    stopped_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    upload_claim = table.Column<Guid>(type: "uuid", nullable: true),
                    upload_active_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_imports", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_imports_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "jobs",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: true),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: true),
                    payload = table.Column<string>(type: "jsonb", nullable: true),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    progress = table.Column<double>(type: "double precision", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    space_bytes = table.Column<long>(type: "bigint", nullable: false),
                    not_before = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    cancel_requested = table.Column<bool>(type: "boolean", nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    queued_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    claimed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    fence = table.Column<long>(type: "bigint", nullable: false),
                    deaths = table.Column<int>(type: "integer", nullable: false),
                    lapses = table.Column<int>(type: "integer", nullable: false),
                    retry_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_jobs", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_jobs_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "fk_jobs_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "metric_points",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(60)", maxLength: 60, nullable: false),
                    step = table.Column<long>(type: "bigint", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    epoch = table.Column<double>(type: "double precision", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_metric_points",
                        x => new
                        {
                            x.org_id,
                            x.run_id,
                            x.name,
                            x.step,
                        }
                    );
                    table.ForeignKey(
                        name: "fk_metric_points_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "model_versions",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    model_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    architecture = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    manifest = table.Column<string>(type: "jsonb", nullable: false),
                    result = table.Column<string>(type: "jsonb", nullable: false),
                    onnx_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: false),
                    onnx_bytes = table.Column<long>(type: "bigint", nullable: false),
                    predictions_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: false),
                    weights_hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_model_versions", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_model_versions_models_org_id_model_id",
                        columns: x => new { x.org_id, x.model_id },
                        principalTable: "models",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "fk_model_versions_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "run_leases",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    fence = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_leases", x => new { x.org_id, x.run_id });
                    table.ForeignKey(
                        name: "fk_run_leases_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "run_log_lines",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    level = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    message = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey(
                        "pk_run_log_lines",
                        x => new
                        {
                            x.org_id,
                            x.run_id,
                            x.seq,
                        }
                    );
                    table.ForeignKey(
                        name: "fk_run_log_lines_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "dataset_images",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_id = table.Column<Guid>(type: "uuid", nullable: false),
                    class_id = table.Column<Guid>(type: "uuid", nullable: false),
                    import_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<string>(type: "character(64)", fixedLength: true, maxLength: 64, nullable: false),
                    file_name = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: false),
                    split = table.Column<string>(type: "character varying(5)", maxLength: 5, nullable: true),
                    format = table.Column<string>(type: "character varying(10)", maxLength: 10, nullable: false),
                    width = table.Column<int>(type: "integer", nullable: false),
                    height = table.Column<int>(type: "integer", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_dataset_images", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_dataset_images_dataset_classes_org_id_class_id",
                        columns: x => new { x.org_id, x.class_id },
                        principalTable: "dataset_classes",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "fk_dataset_images_datasets_org_id_dataset_id",
                        columns: x => new { x.org_id, x.dataset_id },
                        principalTable: "datasets",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "skipped_files",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    import_id = table.Column<Guid>(type: "uuid", nullable: false),
                    path = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    code = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    hint = table.Column<string>(type: "text", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_skipped_files", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_skipped_files_imports_org_id_import_id",
                        columns: x => new { x.org_id, x.import_id },
                        principalTable: "imports",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "comments",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    dataset_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    author_id = table.Column<Guid>(type: "uuid", nullable: false),
                    author_name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    text = table.Column<string>(type: "character varying(4000)", maxLength: 4000, nullable: false),
                    mentions = table.Column<string>(type: "jsonb", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    edited_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_comments", x => new { x.org_id, x.id });
                    table.CheckConstraint("ck_comments_subject", "num_nonnulls(run_id, dataset_version_id, model_version_id) = 1");
                    table.ForeignKey(
                        name: "fk_comments_dataset_versions_org_id_dataset_version_id",
                        columns: x => new { x.org_id, x.dataset_version_id },
                        principalTable: "dataset_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_comments_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_comments_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_comments_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "deployments",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(63)", maxLength: 63, nullable: false),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    live_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    state = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deletion_id = table.Column<Guid>(type: "uuid", nullable: true),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deployments", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_deployments_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                    table.ForeignKey(
                        name: "fk_deployments_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Restrict
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "share_links",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    project_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    model_version_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_by = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_share_links", x => new { x.org_id, x.id });
                    table.CheckConstraint("ck_share_links_subject", "num_nonnulls(run_id, model_version_id) = 1");
                    table.ForeignKey(
                        name: "fk_share_links_model_versions_org_id_model_version_id",
                        columns: x => new { x.org_id, x.model_version_id },
                        principalTable: "model_versions",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_share_links_projects_org_id_project_id",
                        columns: x => new { x.org_id, x.project_id },
                        principalTable: "projects",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_share_links_runs_org_id_run_id",
                        columns: x => new { x.org_id, x.run_id },
                        principalTable: "runs",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_share_links_users_created_by",
                        column: x => x.created_by,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "mentions",
                columns: table => new
                {
                    org_id = table.Column<Guid>(type: "uuid", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    comment_id = table.Column<Guid>(type: "uuid", nullable: false),
                    user_id = table.Column<Guid>(type: "uuid", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mentions", x => new { x.org_id, x.id });
                    table.ForeignKey(
                        name: "fk_mentions_comments_org_id_comment_id",
                        columns: x => new { x.org_id, x.comment_id },
                        principalTable: "comments",
                        principalColumns: new[] { "org_id", "id" },
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "fk_mentions_users_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(name: "ix_account_events_user_id_id", table: "account_events", columns: new[] { "user_id", "id" });

            migrationBuilder.CreateIndex(name: "ix_attempt_buckets_ends_at", table: "attempt_buckets", column: "ends_at");

            migrationBuilder.CreateIndex(
                name: "ix_audit_entries_org_id_project_id_id",
                table: "audit_entries",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_dataset_version_id_id",
                table: "comments",
                columns: new[] { "org_id", "dataset_version_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_model_version_id_id",
                table: "comments",
                columns: new[] { "org_id", "model_version_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_project_id_id",
                table: "comments",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_comments_org_id_run_id_id",
                table: "comments",
                columns: new[] { "org_id", "run_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_classes_org_id_dataset_id_name",
                table: "dataset_classes",
                columns: new[] { "org_id", "dataset_id", "name" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_class_id",
                table: "dataset_images",
                columns: new[] { "org_id", "class_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_dataset_id_hash",
                table: "dataset_images",
                columns: new[] { "org_id", "dataset_id", "hash" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_dataset_id_id",
                table: "dataset_images",
                columns: new[] { "org_id", "dataset_id", "id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_images_org_id_import_id",
                table: "dataset_images",
                columns: new[] { "org_id", "import_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_versions_org_id_dataset_id_manifest_hash",
                table: "dataset_versions",
                columns: new[] { "org_id", "dataset_id", "manifest_hash" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_dataset_versions_org_id_dataset_id_number",
                table: "dataset_versions",
                columns: new[] { "org_id", "dataset_id", "number" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_datasets_org_id_project_id_name",
                table: "datasets",
                columns: new[] { "org_id", "project_id", "name" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_deletions_purge_at", table: "deletions", column: "purge_at");

            migrationBuilder.CreateIndex(
                name: "ix_deployments_org_id_model_version_id",
                table: "deployments",
                columns: new[] { "org_id", "model_version_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_deployments_org_id_name",
                table: "deployments",
                columns: new[] { "org_id", "name" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_deployments_org_id_project_id",
                table: "deployments",
                columns: new[] { "org_id", "project_id" }
            );

            migrationBuilder.CreateIndex(name: "ix_embeddings_org_id_picture", table: "embeddings", columns: new[] { "org_id", "picture" });

            migrationBuilder.CreateIndex(name: "ix_embeddings_org_id_used_at", table: "embeddings", columns: new[] { "org_id", "used_at" });

            migrationBuilder.CreateIndex(name: "ix_idempotency_keys_created_at", table: "idempotency_keys", column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_imports_org_id_dataset_id_id",
                table: "imports",
                columns: new[] { "org_id", "dataset_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_imports_state", table: "imports", column: "state");

            migrationBuilder.CreateIndex(name: "ix_invitations_created_by", table: "invitations", column: "created_by");

            migrationBuilder.CreateIndex(name: "ix_invitations_hash", table: "invitations", column: "hash");

            migrationBuilder.CreateIndex(name: "ix_jobs_org_id_claimed_at", table: "jobs", columns: new[] { "org_id", "claimed_at" });

            migrationBuilder.CreateIndex(name: "ix_jobs_org_id_dataset_id", table: "jobs", columns: new[] { "org_id", "dataset_id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_org_id_priority_created_at",
                table: "jobs",
                columns: new[] { "org_id", "priority", "created_at" },
                filter: "state IN ('queued', 'running')"
            );

            migrationBuilder.CreateIndex(name: "ix_jobs_org_id_project_id", table: "jobs", columns: new[] { "org_id", "project_id" });

            migrationBuilder.CreateIndex(name: "ix_mails_due_at", table: "mails", column: "due_at");

            migrationBuilder.CreateIndex(name: "ix_members_user_id", table: "members", column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_mentions_org_id_comment_id_user_id",
                table: "mentions",
                columns: new[] { "org_id", "comment_id", "user_id" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_mentions_org_id_user_id_id",
                table: "mentions",
                columns: new[] { "org_id", "user_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_mentions_user_id", table: "mentions", column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_metric_points_org_id_run_id_seq",
                table: "metric_points",
                columns: new[] { "org_id", "run_id", "seq" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_model_versions_org_id_model_id_number",
                table: "model_versions",
                columns: new[] { "org_id", "model_id", "number" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_model_versions_org_id_run_id",
                table: "model_versions",
                columns: new[] { "org_id", "run_id" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_models_org_id_name",
                table: "models",
                columns: new[] { "org_id", "name" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(name: "ix_models_org_id_project_id", table: "models", columns: new[] { "org_id", "project_id" });

            migrationBuilder.CreateIndex(name: "ix_organizations_plan_code", table: "organizations", column: "plan_code");

            migrationBuilder.CreateIndex(name: "ix_organizations_slug", table: "organizations", column: "slug", unique: true);

            migrationBuilder.CreateIndex(name: "ix_passkey_challenges_expires_at", table: "passkey_challenges", column: "expires_at");

            migrationBuilder.CreateIndex(name: "ix_passkey_challenges_user_id", table: "passkey_challenges", column: "user_id");

            migrationBuilder.CreateIndex(name: "ix_passkeys_credential_id", table: "passkeys", column: "credential_id", unique: true);

            migrationBuilder.CreateIndex(name: "ix_passkeys_user_id", table: "passkeys", column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_projects_org_id_slug",
                table: "projects",
                columns: new[] { "org_id", "slug" },
                unique: true,
                filter: "deletion_id IS NULL"
            );

            migrationBuilder.CreateIndex(
                name: "ix_recipes_org_id_name_number",
                table: "recipes",
                columns: new[] { "org_id", "name", "number" },
                unique: true
            );

            migrationBuilder.CreateIndex(name: "ix_run_leases_until", table: "run_leases", column: "until");

            migrationBuilder.CreateIndex(
                name: "ix_runs_org_id_dataset_version_id",
                table: "runs",
                columns: new[] { "org_id", "dataset_version_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_runs_org_id_project_id_id",
                table: "runs",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_runs_state", table: "runs", column: "state");

            migrationBuilder.CreateIndex(name: "ix_share_links_created_by", table: "share_links", column: "created_by");

            migrationBuilder.CreateIndex(name: "ix_share_links_hash", table: "share_links", column: "hash");

            migrationBuilder.CreateIndex(
                name: "ix_share_links_org_id_model_version_id",
                table: "share_links",
                columns: new[] { "org_id", "model_version_id" }
            );

            migrationBuilder.CreateIndex(
                name: "ix_share_links_org_id_project_id_id",
                table: "share_links",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_share_links_org_id_run_id", table: "share_links", columns: new[] { "org_id", "run_id" });

            migrationBuilder.CreateIndex(
                name: "ix_skipped_files_org_id_import_id_id",
                table: "skipped_files",
                columns: new[] { "org_id", "import_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_tokens_hash", table: "tokens", column: "hash", unique: true);

            migrationBuilder.CreateIndex(name: "ix_tokens_org_id", table: "tokens", column: "org_id");

            migrationBuilder.CreateIndex(name: "ix_tokens_user_id", table: "tokens", column: "user_id");

            migrationBuilder.CreateIndex(
                name: "ix_uploaded_weights_org_id_project_id_id",
                table: "uploaded_weights",
                columns: new[] { "org_id", "project_id", "id" }
            );

            migrationBuilder.CreateIndex(name: "ix_uploaded_weights_state", table: "uploaded_weights", column: "state");

            migrationBuilder.CreateIndex(
                name: "ix_usage_intervals_org_id_run_id_fence",
                table: "usage_intervals",
                columns: new[] { "org_id", "run_id", "fence" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "ix_usage_intervals_org_id_started_at",
                table: "usage_intervals",
                columns: new[] { "org_id", "started_at" }
            );

            migrationBuilder.CreateIndex(name: "ix_users_normalized_email", table: "users", column: "normalized_email", unique: true);

            migrationBuilder.CreateIndex(name: "ix_webhook_deliveries_created_at", table: "webhook_deliveries", column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_next_attempt_at",
                table: "webhook_deliveries",
                column: "next_attempt_at",
                filter: "state = 'pending'"
            );

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_org_id_webhook_id_id",
                table: "webhook_deliveries",
                columns: new[] { "org_id", "webhook_id", "id" }
            );

            // Two intervals of one slot never overlap.
            migrationBuilder.Sql(
                "ALTER TABLE usage_intervals ADD CONSTRAINT ex_usage_intervals_slot EXCLUDE USING gist (slot WITH =, tstzrange(started_at, "
                    + "COALESCE(ended_at, 'infinity'::timestamptz)) WITH &&)"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "account_events");

            migrationBuilder.DropTable(name: "attempt_buckets");

            migrationBuilder.DropTable(name: "audit_entries");

            migrationBuilder.DropTable(name: "dataset_images");

            migrationBuilder.DropTable(name: "deletions");

            migrationBuilder.DropTable(name: "deployments");

            migrationBuilder.DropTable(name: "embeddings");

            migrationBuilder.DropTable(name: "idempotency_keys");

            migrationBuilder.DropTable(name: "invitations");

            migrationBuilder.DropTable(name: "jobs");

            migrationBuilder.DropTable(name: "mails");

            migrationBuilder.DropTable(name: "members");

            migrationBuilder.DropTable(name: "mentions");

            migrationBuilder.DropTable(name: "metric_points");

            migrationBuilder.DropTable(name: "passkey_challenges");

            migrationBuilder.DropTable(name: "passkeys");

            migrationBuilder.DropTable(name: "recipes");

            migrationBuilder.DropTable(name: "run_leases");

            migrationBuilder.DropTable(name: "run_log_lines");

            migrationBuilder.DropTable(name: "second_factors");

            migrationBuilder.DropTable(name: "share_links");

            migrationBuilder.DropTable(name: "skipped_files");

            migrationBuilder.DropTable(name: "tokens");

            migrationBuilder.DropTable(name: "uploaded_weights");

            migrationBuilder.DropTable(name: "usage_intervals");

            migrationBuilder.DropTable(name: "user_passwords");

            migrationBuilder.DropTable(name: "webhook_deliveries");

            migrationBuilder.DropTable(name: "worker_weights");

            migrationBuilder.DropTable(name: "dataset_classes");

            migrationBuilder.DropTable(name: "comments");

            migrationBuilder.DropTable(name: "imports");

            migrationBuilder.DropTable(name: "users");

            migrationBuilder.DropTable(name: "webhooks");

            migrationBuilder.DropTable(name: "dataset_versions");

            migrationBuilder.DropTable(name: "model_versions");

            migrationBuilder.DropTable(name: "datasets");

            migrationBuilder.DropTable(name: "models");

            migrationBuilder.DropTable(name: "runs");

            migrationBuilder.DropTable(name: "projects");

            migrationBuilder.DropTable(name: "organizations");

            migrationBuilder.DropTable(name: "plans");
        }
    }
}
